/**
 * Fills the free slots of sessions that show demand. Event-driven: it runs with the command that caused it,
 * and its facts land in the same batch.
 * Invariant: a task is given out at most once, and only within the session's capabilities and free slots.
 */
import type { Fact, LogEvent } from '../../contract/event.ts';
import { invariant } from '../invariant.ts';
import { slotsToGive } from '../session/slots-to-give.ts';
import { freeSlots, isCapable, type Session } from '../session/state.ts';
import type { SwarmState } from '../state.ts';
import type { Task } from '../task/state.ts';
import { mayBeGiven } from './blockers.ts';
import { candidatesFor, type TaskTerms } from './candidates.ts';
import type { Demanding } from './demanding.ts';
import { fifoPolicy } from './fifo.ts';
import { greedyPolicy } from './greedy.ts';
import { chooseOptimal } from './optimal.ts';
import type { Choice, DispatchPolicy } from './policy.ts';
import { type Estimates, SwarmBoard } from './swarm-board.ts';
import { adoptPlan, preparePlan, type SwarmPlan } from './swarm-plan.ts';
import type { Schedule } from '../../scheduling/schedule.ts';

/** Pending tasks up to which a board is made only to explain. */
const MADE_TO_EXPLAIN = 20_000;

type PolicyName = SwarmState['settings']['policy'];

/** The policies that look at the state alone; `optimal` has a board. */
const SIMPLE: Readonly<Record<Exclude<PolicyName, 'optimal'>, DispatchPolicy>> = { greedy: greedyPolicy, fifo: fifoPolicy };

/** The dispatch of one swarm. Its board is made when it is first needed; who only claims never pays for it. */
export class Dispatcher {
  #board: SwarmBoard | null = null;
  readonly #estimates: Estimates | undefined;

  /** `estimates` stand in for what was learned: for measurements on published instances. */
  constructor(estimates?: Estimates) {
    this.#estimates = estimates;
  }

  /** Follows an event that was just folded into the state. */
  note(state: SwarmState, event: LogEvent): void {
    if (this.#board === null) return;
    const { policy, max_wait } = state.settings;
    // A session's place on the board is fixed: with another capability it is made anew.
    if (event.type === 'session_capability_added') this.forget();
    else if (event.type === 'config_applied' && (policy !== 'optimal' || max_wait !== this.#board.maxWait)) this.forget();
    else this.#board.note(event);
  }

  /** The state was read anew, or the board is not worth following any more. */
  forget(): void {
    this.#board?.drop();
    this.#board = null;
  }

  /** Gives out what can be given out now. `apply` must fold the fact in, and pass its event to `note`. */
  run(state: SwarmState, demand: Demanding, now: number, apply: (fact: Fact, session: Session) => void): void {
    const { policy } = state.settings;
    for (let again = state.ready.size > 0 && state.pauses.swarm === null; again;) {
      const choices = policy === 'optimal' ? this.#optimal(state, demand, now) : simple(state, demand, now);
      let given = 0;
      for (const choice of choices) {
        // One that was given out before it may have taken what it needs.
        if (!demand.has(choice.session.id) || !mayBeGiven(state, choice.task, choice.session, now)) continue;
        apply(factOf(choice, policy), choice.session);
        given += 1;
      }
      // A simple policy chooses one at a time. What a session of `optimal` did not want after all may go to another.
      again = given > 0 && state.ready.size > 0 && (policy !== 'optimal' || given < choices.length);
    }
  }

  /**
   * When to run again although nothing happens, ms since 1970: the pause of a session that wants work ends, or a task has
   * waited for a busy session for as long as that paid. Infinite when only an event can change anything.
   */
  nextTime(state: SwarmState, demand: Demanding, now: number): number {
    if (state.ready.size === 0 || state.pauses.swarm !== null) return Infinity;
    let next = state.settings.policy === 'optimal' && this.#board !== null ? this.#board.reconsiderAt : Infinity;
    for (const id of demand.sessions()) {
      const session = state.sessions.get(id);
      if (session === undefined || freeSlots(session) <= 0) continue;
      for (const until of [session.breaker.until, session.limited?.until ?? 0]) if (until > now) next = Math.min(next, until);
    }
    return next > now ? next : Infinity;
  }

  /** Who could do a task now, with the terms of the policy in force. A board is made for it only if that is quick. */
  candidates(state: SwarmState, task: Task, demand: Demanding, now: number): TaskTerms {
    const pending = state.task_counts.pending;
    const hasBoard = state.settings.policy === 'optimal' && (this.#board !== null || pending <= MADE_TO_EXPLAIN);
    return candidatesFor(state, task, { demand, now, board: hasBoard ? this.board(state, now) : null });
  }

  /** What a plan could be made for now; null without a board, or where a plan does not pay. */
  planJob(state: SwarmState, now: number): SwarmPlan | null {
    return this.#board === null || state.settings.policy !== 'optimal' ? null : preparePlan(this.#board, state, now);
  }

  /** A plan was made; it is of no use for a board that is no longer followed. */
  adopt(plan: SwarmPlan, schedule: Pick<Schedule, 'start' | 'column'>): void {
    if (plan.board === this.#board) adoptPlan(plan, schedule);
  }

  /** The board as it is now; made from the state when there is none. */
  board(state: SwarmState, now: number): SwarmBoard {
    if (this.#board === null || this.#board.isCrowded) {
      this.#board = new SwarmBoard(state, now, this.#estimates);
      this.#board.follow();
    }
    return this.#board;
  }

  #optimal(state: SwarmState, demand: Demanding, now: number): readonly Choice[] {
    if (this.#board === null && !someCouldBeGiven(state, demand, now)) return [];
    const board = this.board(state, now);
    return board.open(demand.sessions(), (session) => slotsToGive(session, now)) ? chooseOptimal(board, now) : [];
  }
}

function someCouldBeGiven(state: SwarmState, demand: Demanding, now: number): boolean {
  for (const id of demand.sessions()) {
    const session = state.sessions.get(id);
    if (session !== undefined && slotsToGive(session, now) > 0) return true;
  }
  return false;
}

function simple(state: SwarmState, demand: Demanding, now: number): readonly Choice[] {
  const { policy } = state.settings;
  if (policy === 'optimal') return [];
  const free: Session[] = [];
  for (const id of demand.sessions()) {
    const session = state.sessions.get(id);
    if (session !== undefined && slotsToGive(session, now) > 0) free.push(session);
  }
  const choice = free.length === 0 ? null : SIMPLE[policy].choose(state, free);
  return choice === null ? [] : [choice];
}

function factOf({ task, session, score, why }: Choice, policy: PolicyName): Fact {
  invariant(task.queued && isCapable(session, task.required_capability), () => `${task.id} must not be given to ${session.id}`);
  return {
    type: 'task_assigned',
    data: {
      task_id: task.id,
      prev: 0,
      session_id: session.id,
      incarnation: session.incarnation,
      attempt: task.attempt + 1,
      started: false,
      policy,
      score,
      why,
    },
  };
}
