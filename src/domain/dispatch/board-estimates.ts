/**
 * Keeps the estimates of a board in step with what is learned, without doing all of it at every event: the pair that was
 * observed at once, the rest of its kind when enough was observed, and ranks a few at a time once a kind has drifted.
 */
import type { DispatchBoard } from '../../scheduling/dispatch-board.ts';
import type { ClassRow, PoolRow, SessionEstimate } from '../../scheduling/session-table.ts';
import { TASK_STATE } from '../../scheduling/task-table.ts';

/** Observations of a pool after which all its sessions are estimated anew: so many, or this share of its sessions. */
const OBSERVED = 8;
const OBSERVED_SHARE = 0.1;
/** A pool whose mean duration changed by this factor is ranked anew. */
const DRIFT = 1.25;
const RANKED_AT_ONCE = 64;

/** What is expected of a kind at the session of an index. */
type Estimate = (session: number, kind: string, now: number) => SessionEstimate;

/** The estimates of one board. */
export class BoardEstimates {
  readonly #board: DispatchBoard;
  readonly #estimate: Estimate;
  readonly #poolsOf = new Map<string, PoolRow[]>();
  readonly #observed: number[] = [];
  readonly #rankedBy: number[] = [];
  /** What the estimate of a kind that needs these capabilities is multiplied by; 1 once the kind is known. */
  prior: (kind: string, requires: readonly string[]) => number = () => 1;
  /** The next row to rank anew, and how many are due: a drift on the way makes it go round once more. */
  #next = 0;
  #due = 0;

  constructor(board: DispatchBoard, estimate: Estimate) {
    this.#board = board;
    this.#estimate = estimate;
  }

  /** Gives a class that may be new, with its estimates. */
  known(taskClass: number, now: number): number {
    const { pool } = this.#board.sessions.classes[taskClass] as ClassRow;
    if (this.#observed[pool.index] !== undefined) return taskClass;
    const kind = kindOf(pool);
    const pools = this.#poolsOf.get(kind);
    if (pools === undefined) this.#poolsOf.set(kind, [pool]);
    else pools.push(pool);
    this.#estimatePool(pool, now);
    this.#rankedBy[pool.index] = pool.meanFactor;
    return taskClass;
  }

  /** A session joined. */
  joined(session: number, now: number): void {
    const { sessions } = this.#board;
    for (const pool of sessions.session(session).pools) sessions.setEstimate(pool, session, this.#expected(pool, session, now));
  }

  /** An attempt at a kind ended at a session. */
  observed(kind: string, session: number, now: number): void {
    const { sessions } = this.#board;
    for (const pool of this.#poolsOf.get(kind) ?? []) {
      const seen = (this.#observed[pool.index] ?? 0) + 1;
      if (seen >= Math.max(OBSERVED, OBSERVED_SHARE * pool.sessions.length)) this.#estimatePool(pool, now);
      else {
        this.#observed[pool.index] = seen;
        if (pool.factor.has(session)) sessions.setEstimate(pool, session, this.#expected(pool, session, now));
      }
      this.#noticeDrift(pool);
    }
  }

  /** Ranks some more tasks anew, if that is due. */
  rankSome(now: number): void {
    const { size } = this.#board.tasks;
    for (let count = Math.min(this.#due, RANKED_AT_ONCE); count > 0; count -= 1) {
      this.#next = this.#next < size ? this.#next : 0;
      this.#rank(this.#next, now);
      this.#next += 1;
      this.#due -= 1;
    }
  }

  /** A capacity changed, which weighs in the ranks of all that asks for it: all are ranked anew, some at a time. */
  capacitiesChanged(): void {
    this.#due = this.#board.tasks.size;
  }

  /** Everything at once. */
  refresh(now: number): void {
    for (const pool of this.#board.sessions.pools) this.#estimatePool(pool, now);
    for (let row = 0; row < this.#board.tasks.size; row += 1) this.#rank(row, now);
    this.#due = 0;
  }

  #estimatePool(pool: PoolRow, now: number): void {
    this.#observed[pool.index] = 0;
    this.#board.sessions.setEstimates(pool, (session) => this.#expected(pool, session, now));
  }

  #noticeDrift({ index, meanFactor }: PoolRow): void {
    const ratio = meanFactor / (this.#rankedBy[index] ?? meanFactor);
    if (ratio < DRIFT && ratio > 1 / DRIFT) return;
    this.#rankedBy[index] = meanFactor;
    this.#due = this.#board.tasks.size;
  }

  #rank(row: number, now: number): void {
    const { tasks } = this.#board;
    if (tasks.state[row] === TASK_STATE.gone) return;
    if (this.#board.isOutdated(row)) this.#board.setDuration(row, tasks.duration[row] ?? 0, now);
  }

  #expected(pool: PoolRow, session: number, now: number): SessionEstimate {
    const kind = kindOf(pool);
    const estimate = this.#estimate(session, kind, now);
    return { ...estimate, factor: estimate.factor * this.prior(kind, pool.spec.requires) };
  }
}

function kindOf({ spec }: PoolRow): string {
  return spec.kind ?? '';
}
