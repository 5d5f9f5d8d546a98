/**
 * Answers about earlier moments of one log: from the nearest state it has, brought forward, through the same views that
 * answer about now. Questions are taken one after the other, because a state that is brought forward is changed.
 * Bounds: the last moments, as long as their tasks together are not too many; questions that wait are few.
 */
import type { Moment } from '../contract/moment.ts';
import type { InputOf } from '../contract/operations.ts';
import { Failure, reasonOf } from '../contract/failure.ts';
import { Dispatcher } from '../domain/dispatch/dispatch.ts';
import { freeSlots } from '../domain/session/state.ts';
import type { SwarmState } from '../domain/state.ts';
import { cronCalendar } from '../engine/cron-calendar.ts';
import { findMoment, type FoundMoment } from '../engine/find-moment.ts';
import type { MomentQuestion } from '../engine/moments.ts';
import { nothingYet } from '../engine/recover-state.ts';
import type { Recovered } from '../engine/recovered.ts';
import type { JournalReader } from '../journal/journal.ts';
import { listEvents } from '../views/event-list.ts';
import { QUERIES } from '../views/queries.ts';
import type { ViewContext } from '../views/view-context.ts';
import { listArchive } from './archive-list.ts';
import { type CheckpointShelf, TRAVEL_EVENTS } from './checkpoint-shelf.ts';
import type { EventIndex } from './event-index.ts';
import { foldForward } from './fold-log.ts';
import { MomentLogReader } from './moment-log.ts';
import { replayLog } from './replay-log.ts';
import { earlierAt, type MomentView, type Travel, TRAVEL_QUERIES } from './travel-queries.ts';

/** What a desk works with. */
export interface MomentDeskOptions {
  readonly swarm: string;
  readonly log: JournalReader;
  /** null: there are no checkpoints. */
  readonly shelf: CheckpointShelf | null;
  /** null: lists of events look through the log. */
  readonly index: EventIndex | null;
  /** Lets others have a turn. */
  readonly turn: () => Promise<void>;
}

type AnyTravel = (travel: Travel, input: unknown) => Promise<unknown>;
type AnyView = (state: SwarmState, input: unknown, context: ViewContext) => unknown;

/** Not a query: what its rule needs to know of the past. */
const ROLLBACK = 'event.rollback';
const MOMENTS_KEPT = 3;
const TASKS_KEPT = 400_000;
const WAITING_AT_MOST = 64;
const CHUNKS_PER_TURN = 32;
const NOBODY: ViewContext['contacts'] = new Map();

/** Answers about one log. */
export class MomentDesk {
  readonly #options: MomentDeskOptions;
  /** The newest first. */
  #kept: Recovered[] = [];
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(options: MomentDeskOptions) {
    this.#options = options;
  }

  /** Answers a question. Rejects with a Failure. */
  answer(question: MomentQuestion, signal?: AbortSignal): Promise<unknown> {
    if (question.query === 'event.list') return this.#listEvents(question);
    if (this.#waiting >= WAITING_AT_MOST) {
      const reason = `${this.#waiting} questions about earlier moments wait`;
      return Promise.reject(new Failure('too_many_requests', { reason, retry_after: 2 }));
    }
    this.#waiting += 1;
    const answered = this.#last.then(() => this.#answer(question, signal)).finally(() => (this.#waiting -= 1));
    this.#last = answered.catch(() => undefined);
    return answered;
  }

  async #answer({ query, input, at, now }: MomentQuestion, signal: AbortSignal | undefined): Promise<unknown> {
    const { log, swarm } = this.#options;
    const find = (moment: Moment | undefined): Promise<FoundMoment> => findMoment(log, moment ?? log.head.seq, now);
    const look = async (moment: Moment | undefined): Promise<MomentView> => this.#look(await find(moment), signal);
    const replay: Travel['replay'] = (range) => replayLog(log, { swarm, ...range, pass: this.#passing(signal) });
    const archive: Travel['archive'] = (asked) => listArchive(log, { ...asked, pass: this.#passing(signal) });
    const travels: Travel = { look, find, replay, archive };
    if (query === ROLLBACK) return await earlierAt(travels, (input as InputOf<typeof ROLLBACK>).moment);
    const travel = (TRAVEL_QUERIES as Readonly<Record<string, AnyTravel>>)[query];
    if (travel !== undefined) return await travel(travels, { ...(input as object), at });
    const { state, context } = await look(at);
    const view = (QUERIES as Readonly<Record<string, AnyView>>)[query];
    if (view === undefined) throw new Failure('operation_unknown', { operation: query });
    return await view(state, input, context);
  }

  /** Needs no state, so nobody waits for it. */
  async #listEvents({ input, at, now }: MomentQuestion): Promise<unknown> {
    const { log, index, turn } = this.#options;
    const { seq } = await findMoment(log, at ?? log.head.seq, now);
    let places: EventIndex | undefined = index ?? undefined;
    await index?.follow(log, turn).catch(() => (places = undefined));
    return await listEvents(input as InputOf<'event.list'>, new MomentLogReader(log, seq, places));
  }

  async #look(moment: FoundMoment, signal: AbortSignal | undefined): Promise<MomentView> {
    const { state } = await this.#bring(moment.seq, signal);
    const log = new MomentLogReader(this.#options.log, moment.seq);
    const now = Math.max(moment.time, state.time);
    return { state, context: { now, contacts: NOBODY, calendar: cronCalendar, log, dispatch: dispatchThen(state, now) } };
  }

  /** The state after an event. Rejects with `call_aborted` when nobody waits any more. */
  async #bring(seq: number, signal: AbortSignal | undefined): Promise<Recovered> {
    const { log, shelf } = this.#options;
    const near = await this.#nearest(seq);
    const pass = this.#passing(signal);
    this.#kept = this.#kept.filter((kept) => kept !== near);
    try {
      await foldForward(log, near, { until: seq, shelf, pass });
    } catch (error) {
      // What was folded so far is whole; what broke in the middle of an event is not.
      if (error instanceof Failure && error.code === 'call_aborted') this.#keep(near);
      throw error instanceof Failure ? error : new Failure('moment_failed', { reason: reasonOf(error) }, error);
    }
    this.#keep(near);
    return near;
  }

  /** Lets others have a turn now and then, and ends it when nobody waits any more. */
  #passing(signal: AbortSignal | undefined): () => Promise<void> {
    let chunks = 0;
    return async () => {
      chunks += 1;
      if (chunks % CHUNKS_PER_TURN === 0) await this.#options.turn();
      if (signal?.aborted === true) throw new Failure('call_aborted', { operation: 'looking at an earlier moment' });
    };
  }

  /** The nearest state up to an event: one that is kept, a checkpoint, or the beginning. */
  async #nearest(seq: number): Promise<Recovered> {
    const { shelf, log, swarm } = this.#options;
    const kept = this.#kept.filter(({ state }) => state.seq <= seq).toSorted((a, b) => b.state.seq - a.state.seq)[0];
    const from = kept?.state.seq ?? 0;
    const checkpoint = shelf === null || seq - from < TRAVEL_EVENTS ? undefined : shelf.places().findLast((place) => place <= seq);
    if (checkpoint !== undefined && checkpoint - from > TRAVEL_EVENTS / 2) {
      const read = await shelf?.newestUpTo(seq, log);
      if (read !== null && read !== undefined && read.state.seq > from) return read;
    }
    return kept ?? nothingYet(swarm);
  }

  #keep(recovered: Recovered): void {
    const kept: Recovered[] = [];
    let tasks = 0;
    for (const each of [recovered, ...this.#kept]) {
      tasks += each.state.tasks.size;
      if (kept.length > 0 && (tasks > TASKS_KEPT || kept.length >= MOMENTS_KEPT)) break;
      kept.push(each);
    }
    this.#kept = kept;
  }
}

/** How work was given out. Who asked for it is no state: whoever was free could have got it. */
function dispatchThen(state: SwarmState, now: number): ViewContext['dispatch'] {
  const wants = (sessionId: string): boolean => {
    const session = state.sessions.get(sessionId);
    return session !== undefined && freeSlots(session) > 0;
  };
  const demand = { sessions: () => state.sessions.keys(), has: wants };
  return {
    wants,
    candidates: (task) => {
      const dispatcher = new Dispatcher();
      try {
        return dispatcher.candidates(state, task, demand, now);
      } finally {
        dispatcher.forget();
      }
    },
  };
}
