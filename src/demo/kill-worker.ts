/**
 * Kills one worker in the middle of a task, for real, and proves that its lease is dead.
 *
 *     watching ─▶ a task of the right kind runs ─▶ killed ─▶ its task has a new lease ─▶ the old one is tried ─▶ proved
 *
 * Invariant: at most one worker is killed, and only while its task is not at its end, and never one
 * whose work nobody else could do.
 */
import type { TuttiClient } from '../client/client.ts';
import { Failure } from '../contract/failure.ts';
import type { LogEvent } from '../contract/event.ts';
import type { Crew, CrewNews } from './crew.ts';
import type { FenceProof, KilledWorker } from './demo-fact.ts';
import { isReplaceable, type PlannedTask } from './plan.ts';

/** What killing works with. */
export interface KillPorts {
  readonly crew: Crew;
  readonly client: TuttiClient;
  readonly plan: readonly PlannedTask[];
  readonly onKilled: (killed: KilledWorker & { readonly time: number }) => void;
  readonly onFenced: (proof: FenceProof & { readonly time: number }) => void;
  readonly pidOf: (session_id: string) => number;
}

/** Where no task is known to be long, any task but these few first ones will do, at once when it starts. */
const SPARED_RUNS = 2;

/** Chooses, kills, proves. Told what runs and what happens. */
export class WorkerKill {
  readonly #ports: KillPorts;
  readonly #ended = new Set<string>();
  #runs = 0;
  #closed = false;
  #killed: KilledWorker | null = null;
  #proof: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(ports: KillPorts) {
    this.#ports = ports;
  }

  /** A command began to run, or has ended: then it is too late for its worker. */
  heard(run: CrewNews): void {
    if (run.kind === 'finished') {
      this.#ended.add(run.task_id);
      return;
    }
    this.#runs += 1;
    if (this.#closed || this.#killed !== null || this.#timer !== null || !isReplaceable(run.session_id)) return;
    const { plan } = this.#ports;
    const after = plan.find(({ id }) => id === run.task_id)?.kill_after_ms ?? null;
    const hasLongTasks = plan.some(({ kill_after_ms }) => kill_after_ms !== null);
    if (after === null && (hasLongTasks || this.#runs <= SPARED_RUNS)) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (!this.#ended.has(run.task_id)) void this.#kill(run);
    }, after ?? 0);
  }

  /** Something happened. */
  event(event: LogEvent): void {
    const dead = this.#killed;
    if (dead === null || this.#proof !== null || event.type !== 'task_assigned') return;
    if (event.data.task_id === dead.task_id && event.seq > dead.lease) this.#proof = this.#prove(dead);
  }

  /** Resolves when the proof, if any has begun, is made; nobody is killed from now on. */
  async close(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#closed = true;
    await this.#proof;
  }

  async #kill({ session_id, task_id, lease }: CrewNews): Promise<void> {
    const killed = { session_id, task_id, lease, pid: this.#ports.pidOf(session_id) };
    this.#killed = killed;
    const time = Date.now();
    await this.#ports.crew.kill(session_id);
    this.#ports.onKilled({ ...killed, time });
  }

  /** What the killed worker would send if it were only slow: the server has to refuse it. */
  async #prove({ session_id, task_id, lease }: KilledWorker): Promise<void> {
    const answer = await this.#ports.client
      .call('work.complete', { session_id, task_id, lease, status: 'completed', result: 'A late result.' })
      .then(
        () => ({ code: null, message: 'accepted' }),
        (error: unknown) => {
          if (error instanceof Failure) return { code: error.code, message: error.message };
          throw error;
        },
      );
    this.#ports.onFenced({ session_id, task_id, lease, ...answer, time: Date.now() });
  }
}
