/**
 * Keeps a simulated server up, as a service manager does: one that ended is started again, one that is silent for long is
 * taken for dead. Holds every server against what was published before it.
 */
import type { LogEvent } from '../../src/contract/event.ts';
import { reasonOf } from '../../src/contract/failure.ts';
import { eventsOf } from './log-checks.ts';
import type { SimProcess } from './sim-process.ts';
import { type SimServer, startSimServer } from './sim-server.ts';
import type { WorldParts } from './world-parts.ts';

const RESTART_MS = 500;
const PATIENCE_MS = 10_000;

/** Keeps a simulated server up. */
export class ServerKeeper {
  /** The newest process; it may be dead, and it may not serve yet. */
  process: SimProcess | null = null;
  /** The server that serves, or null. */
  server: SimServer | null = null;
  /** What was published, by place: sequence number less one. */
  readonly published: LogEvent[] = [];
  readonly #parts: WorldParts;
  readonly #onServing: () => void;
  readonly #silent: SimProcess[] = [];

  constructor(parts: WorldParts, onServing: () => void) {
    this.#parts = parts;
    this.#onServing = onServing;
  }

  start(): void {
    const { plan, mutant, storage, checkpoints, time } = this.#parts;
    const process = this.#parts.makeProcess('server', plan.clock);
    this.process = process;
    this.server = null;
    const clock = mutant?.clock?.(process.clock) ?? process.clock;
    const onFault = (fault: { readonly reason: string; readonly recovered: boolean }): void => this.#onFault(fault);
    const settings = { ...plan.settings, ...mutant?.settings };
    const see = (fault: string): void => this.#parts.see(fault);
    const { checkpoint_ms } = plan;
    const opened: { server: SimServer | null } = { server: null };
    const onTaken = (): void => void (mutant?.staysWhenTaken === true || this.#giveWay(process, opened.server));
    startSimServer({ process, storage, settings, clock, checkpoints, checkpoint_ms, see, onFault, onTaken }).then(
      (server) => {
        opened.server = server;
        process.enter(() => this.#serve(process, server));
      },
      (error: unknown) => {
        const reason = reasonOf(error);
        this.#parts.trace(`the server does not start: ${reason}`);
        if (reason.includes('damaged')) this.#parts.violate(`the server does not start: ${reason}`);
        process.kill();
        // What stands in the way is ended before the next try.
        for (const silent of this.#silent.splice(0)) silent.kill();
        void time.after(RESTART_MS, () => this.start());
      },
    );
  }

  kill(): void {
    this.#end(() => undefined);
  }

  /** Half the time at the worst moment: between a write and its sync. */
  cutPower(): void {
    const { disk, random, time } = this.#parts;
    const now = (): void => this.#end(() => disk.powerCut());
    if (random.chance(0.5)) now();
    else disk.whenDirty(() => void time.after(0, now));
  }

  /** Gracefully. */
  async restart(): Promise<void> {
    const { process, server } = this;
    if (process === null || server === null) return;
    this.server = null;
    await server.close().catch((error: unknown) => this.#parts.violate(`the server does not end: ${reasonOf(error)}`));
    if (!process.alive) return;
    process.kill();
    // One that was stopped meanwhile, and taken for dead, has a successor.
    if (this.process === process) void this.#parts.time.after(RESTART_MS, () => this.start());
  }

  /** SIGSTOP: when it takes too long, another is started beside it. */
  pause(ms: number): void {
    const paused = this.process;
    if (paused === null) return;
    paused.pause();
    void this.#parts.time.after(ms, () => paused.resume());
    void this.#parts.time.after(PATIENCE_MS, () => {
      if (!paused.paused || this.process !== paused) return;
      this.#silent.push(paused);
      this.start();
    });
  }

  #end(meanwhile: () => void): void {
    const { process } = this;
    if (process === null || !process.alive) return;
    process.kill();
    this.server = null;
    meanwhile();
    void this.#parts.time.after(this.#parts.random.exponential(3000), () => this.start());
  }

  /** What `tutti up` does when another server has its folder: it ends. */
  async #giveWay(process: SimProcess, server: SimServer | null): Promise<void> {
    this.#parts.see('server: another one has its folder');
    this.#parts.trace('a server gives way to another');
    if (this.server === server) this.server = null;
    await server?.close().catch((error: unknown) => this.#parts.violate(`the server does not end: ${reasonOf(error)}`));
    if (!process.alive) return;
    process.kill();
    if (this.process === process) void this.#parts.time.after(RESTART_MS, () => this.start());
  }

  #onFault({ reason, recovered }: { readonly reason: string; readonly recovered: boolean }): void {
    this.#parts.trace(recovered ? 'the server works again' : `the server broke: ${reason}`);
    if (!recovered) this.#parts.see('engine: the writer broke');
  }

  #serve(process: SimProcess, server: SimServer): void {
    const { net, mutant } = this.#parts;
    const { feed } = server.engine;
    if (this.#parts.storage.isArchiveAway) this.#parts.see('archive: a server started while it was elsewhere');
    this.server = server;
    feed.listen((events) => this.#onPublished(events));
    const { answer, accept } = server;
    net.listen(process, (request, peer) => mutant?.answer?.(answer, request, peer) ?? answer(request, peer), accept);
    this.#parts.trace(`the server serves from event ${feed.head}`);
    if (feed.head < this.published.length) {
      this.#parts.violate(`the server came back at ${feed.head}, ${this.published.length} had been published`);
    }
    this.#catchUp(feed.head);
    this.#onServing();
  }

  #onPublished(events: readonly LogEvent[]): void {
    for (const event of events) {
      if (event.seq <= this.published.length) this.#parts.violate(`event ${event.seq} was published twice`);
      this.#catchUp(event.seq - 1);
      this.published[event.seq - 1] = event;
    }
  }

  /** What became durable while its writer broke or its server died was never published: it is taken from the log. */
  #catchUp(seq: number): void {
    const missed = this.published.length < seq ? eventsOf(this.#parts.storage.whole(), seq) : [];
    for (const event of missed.slice(this.published.length)) this.published.push(event);
  }
}
