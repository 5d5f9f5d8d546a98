/**
 * A simulated world in which nothing goes wrong but what a test does: a server, workers and a person, by the rules that it
 * names. What is drawn of it is only what no test relies on.
 */
import { createHttpClient } from '../../src/client/http-client.ts';
import type { CallInput, TuttiClient } from '../../src/client/client.ts';
import type { LogEvent } from '../../src/contract/event.ts';
import type { OperationName, OutputOf } from '../../src/contract/operations.ts';
import type { Settings } from '../../src/contract/settings.ts';
import type { WorkerFact } from '../../src/host/worker-event.ts';
import { eventsOf } from './log-checks.ts';
import { SeededRandom } from './seeded-random.ts';
import { SimCheckpoints } from './sim-checkpoints.ts';
import { SimDisk } from './sim-disk.ts';
import { readLinks, SimStorage } from './sim-storage.ts';
import { SimNet } from './sim-net.ts';
import { SimProcess } from './sim-process.ts';
import { startSimServer, TOKENS } from './sim-server.ts';
import { SERVER_URL, SimOutboxes, startSimWorker } from './sim-worker.ts';
import { VirtualTime } from './virtual-time.ts';

const RIGHT = { rate: 1, offset_ms: 0 };

/** A world for one test. */
export class QuietWorld {
  readonly time: VirtualTime;
  readonly net: SimNet;
  /** What workers told, in order, each with the name of its process. */
  readonly told: (WorkerFact & { readonly worker: string })[] = [];
  readonly #random = new SeededRandom('quiet');
  readonly #storage: SimStorage;
  readonly #checkpoints: SimCheckpoints;
  readonly #settings: Partial<Settings>;
  readonly #client: TuttiClient;
  readonly #processes: SimProcess[] = [];

  constructor(settings: Partial<Settings> = {}) {
    const see = (): void => undefined;
    this.#settings = settings;
    this.time = new VirtualTime(this.#random.derive('time'));
    this.net = new SimNet(this.time, this.#random.derive('net'), see);
    this.#storage = new SimStorage('quiet', new SimDisk(this.#random.derive('disk'), see));
    this.#checkpoints = new SimCheckpoints(this.#random.derive('checkpoints'), see);
    const person = this.#process('person');
    const { clock, random } = person;
    const transport = this.net.transportOf(person);
    this.#client = createHttpClient({ url: SERVER_URL, token: TOKENS.tokenOf('admin'), transport, clock, random });
  }

  /** Starts a server on the log; the one before it must have ended. Resolves with its process, once it serves. */
  async serve(): Promise<SimProcess> {
    const process = this.#process('server');
    const { clock } = process;
    const parts = { process, storage: this.#storage, settings: this.#settings, clock, checkpoints: this.#checkpoints };
    const starting = startSimServer({
      ...parts,
      checkpoint_ms: 0,
      see: () => undefined,
      onFault: () => undefined,
      onTaken: () => undefined,
    });
    const server = await this.during(starting);
    this.net.listen(process, server.answer, server.accept);
    return process;
  }

  /** Starts a worker with one slot. */
  work(name: string): SimProcess {
    const process = this.#process(name);
    startSimWorker({
      process,
      session_id: name,
      capabilities: ['code'],
      slots: 1,
      transport: this.net.transportOf(process),
      outboxes: new SimOutboxes(),
      tell: (fact) => void this.told.push({ ...fact, worker: name }),
      onEnd: () => process.kill(),
    });
    return process;
  }

  /** Calls as a person does; time passes until there is an answer. */
  call<N extends OperationName>(name: N, input: CallInput<N>): Promise<OutputOf<N>> {
    return this.during(this.#client.call(name, input));
  }

  /** Lets time pass until a promise has settled, an hour at most. */
  async during<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const watched = promise.finally(() => (settled = true));
    watched.catch(() => undefined);
    await this.time.runUntil(this.time.now + 3_600_000, () => settled);
    return await watched;
  }

  /** Lets so many ms pass. */
  pass(ms: number): Promise<void> {
    return this.time.runUntil(this.time.now + ms);
  }

  /** The log as it is on the disk. */
  get log(): LogEvent[] {
    return eventsOf(readLinks(this.#storage));
  }

  /** Nothing goes on any more. */
  end(): void {
    for (const process of this.#processes) process.kill();
    this.time.end();
    this.#checkpoints.end();
  }

  #process(name: string): SimProcess {
    const process = new SimProcess(name, this.time, this.#random.derive(`${name} ${this.#processes.length}`), RIGHT);
    this.#processes.push(process);
    return process;
  }
}
