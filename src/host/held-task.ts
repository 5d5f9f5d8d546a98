/**
 * One task that this worker holds, from the assignment to its last word to the server.
 *
 *     accepted → starting → preparing → running → reporting → ended
 *         └─────────┴──────────┴──────────┴──────────┴───────────┘   revoked, given back
 *
 * accepted: waits for a local slot; starting: the server is told; preparing: its folder is made; running: its processes
 * live; reporting: its result is on disk and on its way. Invariant: it ends once, and nothing follows its end.
 */
import type { AssignmentView, TaskView } from '../contract/views/task-view.ts';
import type { AttemptLabel } from './worker-event.ts';

/** Where a held task is. */
export type HeldPhase = 'accepted' | 'starting' | 'preparing' | 'running' | 'reporting' | 'ended';

const NEXT: Readonly<Record<HeldPhase, readonly HeldPhase[]>> = {
  accepted: ['starting', 'ended'],
  starting: ['preparing', 'ended'],
  preparing: ['running', 'reporting', 'ended'],
  running: ['reporting', 'ended'],
  reporting: ['ended'],
  ended: [],
};

/** Why a held task was taken from its run: the lease is no longer ours, or the worker leaves. */
export interface Withdrawal {
  readonly kind: 'revoked' | 'leaving';
  readonly reason: string;
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
  #phase: HeldPhase = 'accepted';
  #withdrawal: Withdrawal | null = null;
  readonly #stop = new AbortController();

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

  /** Moves on. A step that the table above does not have is a mistake of ours and throws. */
  enter(phase: HeldPhase): void {
    if (!NEXT[this.#phase].includes(phase)) throw new TypeError(`the task ${this.name} cannot go from ${this.#phase} to ${phase}`);
    this.#phase = phase;
  }

  /** Takes the task from its run; only the first reason counts. */
  withdraw(withdrawal: Withdrawal): void {
    if (this.#withdrawal !== null || this.#phase === 'ended') return;
    this.#withdrawal = withdrawal;
    this.#stop.abort();
  }
}
