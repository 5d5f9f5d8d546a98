/**
 * One task that this worker holds, from the assignment to its last word to the server.
 *
 *     accepted → starting → preparing → running → settling → reporting → ended
 *         └─────────┴──────────┼──────────┴──────────┴───────────────────┘   revoked, given back
 *                              └──────────────────────────────┘              its folder could not be made
 *
 * accepted: waits for a local slot; starting: the server is told; preparing: its folder is made; running: its processes
 * live; settling: they are gone, its work is committed and merged; reporting: its result is on its way.
 * Invariant: it ends once, and nothing follows its end.
 */
import type { AssignmentView, TaskView } from '../contract/views/task-view.ts';
import type { LimitKind } from '../runners/runner.ts';
import type { AttemptLabel } from './worker-event.ts';

/** Where a held task is. */
export type HeldPhase = 'accepted' | 'starting' | 'preparing' | 'running' | 'settling' | 'reporting' | 'ended';

const NEXT: Readonly<Record<HeldPhase, readonly HeldPhase[]>> = {
  accepted: ['starting', 'ended'],
  starting: ['preparing', 'ended'],
  preparing: ['running', 'reporting', 'ended'],
  running: ['settling', 'reporting', 'ended'],
  settling: ['reporting', 'ended'],
  reporting: ['ended'],
  ended: [],
};

/** Phases in which its run can still be given back without throwing away what it has achieved. */
const BEFORE_END_OF_RUN: readonly HeldPhase[] = ['accepted', 'starting', 'preparing', 'running'];
/** Phases in which the server has been told that it runs. */
const STARTED: readonly HeldPhase[] = ['preparing', 'running', 'settling', 'reporting'];

/** Why a held task was taken from its run: the lease is no longer ours, or the worker leaves. */
export interface Withdrawal {
  readonly kind: 'revoked' | 'leaving';
  readonly reason: string;
}

/** A provider takes no more for now. */
export interface ProviderLimit {
  readonly reason: LimitKind;
  /** ISO 8601; null: it does not say until when. */
  readonly reset_at: string | null;
  /** What it said, when it refuses the key or the model. */
  readonly message?: string;
}

/** A task under a lease of this worker. */
export class HeldTask {
  readonly task: TaskView;
  readonly lease: number;
  /** The latest progress, 0 to 1. */
  progress = 0;
  /** When its run last said something, ms since 1970; 0 before. */
  heard_at = 0;
  output_bytes = 0;
  /** Why its provider took no more, when that ended its run. */
  limit: ProviderLimit | null = null;
  #phase: HeldPhase = 'accepted';
  #withdrawal: Withdrawal | null = null;
  readonly #stop = new AbortController();
  readonly #begun = Promise.withResolvers<undefined>();

  constructor(assignment: AssignmentView) {
    this.task = assignment.task;
    this.lease = assignment.lease;
  }

  get label(): AttemptLabel {
    return { task_id: this.task.id, lease: this.lease };
  }

  /** Unique among the attempts of one server; fit for a file's name. */
  get name(): string {
    return `${this.task.id}-${this.lease}`;
  }

  get phase(): HeldPhase {
    return this.#phase;
  }

  /** Why it was withdrawn, or null while it is ours. */
  get withdrawal(): Withdrawal | null {
    return this.#withdrawal;
  }

  /** Aborted when the task is withdrawn: its processes must end. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** True until its run has ended. */
  get beforeEndOfRun(): boolean {
    return BEFORE_END_OF_RUN.includes(this.#phase);
  }

  /** True from its start until its end. */
  get isStarted(): boolean {
    return STARTED.includes(this.#phase);
  }

  /** Resolves once the server knows that it was started, or it ended before. */
  get begun(): Promise<undefined> {
    return this.#begun.promise;
  }

  /** Moves on. A step that the table above does not have is a mistake of ours and throws. */
  enter(phase: HeldPhase): void {
    if (!NEXT[this.#phase].includes(phase)) throw new TypeError(`the task ${this.name} cannot go from ${this.#phase} to ${phase}`);
    this.#phase = phase;
    if (phase === 'preparing' || phase === 'ended') this.#begun.resolve(undefined);
  }

  /** Takes the task from its run; only the first reason counts. */
  withdraw(withdrawal: Withdrawal): void {
    if (this.#withdrawal !== null || this.#phase === 'ended') return;
    this.#withdrawal = withdrawal;
    this.#stop.abort();
  }
}
