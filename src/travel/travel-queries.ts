/**
 * The queries that look at more than one moment: one function per such query of the operations table.
 */
import type { LogEvent } from '../contract/event.ts';
import { Failure } from '../contract/failure.ts';
import type { Moment } from '../contract/moment.ts';
import type { InputOf, OutputOf, TravelQueryName } from '../contract/operations.ts';
import type { FoundMoment } from '../engine/find-moment.ts';
import { type Earlier, earlierOf, thingsOf } from '../domain/rollback/earlier.ts';
import { showEvent } from '../views/event-view.ts';
import { changesBetween, countsBetween, missingTasks, outlineOf } from '../views/moment-diff.ts';
import { isoTime } from '../views/time.ts';
import type { SwarmState } from '../domain/state.ts';
import type { ViewContext } from '../views/view-context.ts';
import type { ArchiveQuestion } from './archive-list.ts';
import { fingerprintOf, type Replayed, type ReplayRange } from './replay-log.ts';
import { assumptionsOf } from './what-if-assumptions.ts';
import { figuresOf, openingOf } from './period-figures.ts';
import { PeriodReader, sessionsOf } from './period.ts';
import { replayOtherwise } from './what-if.ts';

/** What a moment looks like to a view. */
export interface MomentView {
  readonly state: SwarmState;
  readonly context: ViewContext;
}

/** What such a query may do. */
export interface Travel {
  /** Brings a moment; it is gone once the next one is brought. Left out: the end of the log. */
  readonly look: (moment: Moment | undefined) => Promise<MomentView>;
  /** The event that a moment means. */
  readonly find: (moment: Moment | undefined) => Promise<FoundMoment>;
  /** Replays from the first event. */
  readonly replay: (range: Pick<ReplayRange, 'from' | 'until' | 'keep'>) => Promise<Replayed>;
  /** What is archived. */
  readonly archive: (question: Omit<ArchiveQuestion, 'pass'>) => Promise<OutputOf<'event.archive'>>;
}

type TravelQuery<N extends TravelQueryName> = (travel: Travel, input: InputOf<N>) => Promise<OutputOf<N>>;

const CHANGES_LISTED = 200;
const EVENTS_LISTED = 20;
const FILES_LISTED = 200;
/** What a replay takes in: it is made in one go. */
const ARRIVALS_AT_MOST = 20_000;
const eventDiff: TravelQuery<'event.diff'> = async ({ look }, { from, at, to = at, limit = CHANGES_LISTED }) => {
  const first = await look(from);
  const [before, start] = [outlineOf(first.state), placeOf(first)];
  const second = await look(to);
  const [after, end] = [outlineOf(second.state), placeOf(second)];
  const retired = new Map<string, string>();
  for (const [id, { status }] of await second.context.log.retired(missingTasks(before, after))) retired.set(id, status);
  const changes = changesBetween(before, after, retired);
  return { from: start, to: end, counts: countsBetween(before, after), changes: changes.slice(0, limit), changes_total: changes.length };
};

const whatIf: TravelQuery<'event.what_if'> = async ({ look }, { from = 0, at, to = at, policy, sessions, without }) => {
  const first = await look(from);
  const [start, opening] = [placeOf(first), openingOf(first.state, first.context.now)];
  const reader = new PeriodReader(first.state, first.context.now);
  const end = await look(to);
  inOrder(start, end.state, 'the end of the period');
  const events: LogEvent[] = [];
  for (let seq = start.seq; seq < end.state.seq;) {
    const part = (await end.context.log.after(seq, 10_000)).filter((event) => event.seq <= end.state.seq);
    if (part.length === 0) break;
    seq = part.at(-1)?.seq ?? seq;
    for (const event of part) reader.take(event);
    events.push(...part);
    if (reader.size > ARRIVALS_AT_MOST)
      throw new Failure('invalid_input', {
        issues: `from: the period has more than ${ARRIVALS_AT_MOST} tasks and sessions; name a shorter one`,
      });
  }
  const { period } = reader;
  const stranger = without?.find((id) => !sessionsOf(period).has(id));
  if (stranger !== undefined)
    throw new Failure('invalid_input', { issues: `without: the session ${stranger} was not there in the period` });
  const what_if = replayOtherwise(period, { policy, sessions, without });
  const { pending, assigned, in_progress } = end.state.task_counts;
  return {
    from: start,
    to: placeOf(end),
    happened: { ...figuresOf(opening, events), unfinished: pending + assigned + in_progress },
    replayed: replayOtherwise(period, {}),
    what_if,
    assumed: assumptionsOf(events, what_if),
  };
};

const eventReplay: TravelQuery<'event.replay'> = async ({ look, find, replay }, { at, from = 0, limit = EVENTS_LISTED }) => {
  const [first, end] = [await find(from), await find(at)];
  inOrder(first, end, 'the moment of the replay');
  const begun = performance.now();
  const { state, types, last } = await replay({ from: first.seq, until: end.seq, keep: limit });
  const took_s = Math.round(performance.now() - begun) / 1000;
  const fingerprint = fingerprintOf(state);
  const { state: travelled } = await look(end.seq);
  return {
    from: { seq: first.seq, time: isoTime(first.time) },
    to: { seq: end.seq, time: isoTime(Math.max(end.time, state.time)) },
    replayed: state.seq,
    took_s,
    fingerprint,
    same: fingerprintOf(travelled) === fingerprint,
    counts: { ...outlineOf(state).counts },
    types: Object.fromEntries([...types].toSorted(([, a], [, b]) => b - a)),
    events: last.map(showEvent),
  };
};

const eventArchive: TravelQuery<'event.archive'> = async ({ find, archive }, { at, verify, limit = FILES_LISTED }) => {
  const { seq } = await find(at);
  return await archive({ verify, limit, until: seq });
};

/** How things were at a moment, where they are others now: what a rollback goes by. */
export async function earlierAt({ look }: Travel, moment: Moment): Promise<Earlier> {
  const then = await look(moment);
  if (then.state.seq === 0)
    throw new Failure('invalid_input', { issues: 'moment: it is before the first event; there is nothing to go back to' });
  const [things, time] = [thingsOf(then.state), then.context.now];
  const { state } = await look(undefined);
  return earlierOf(things, time, thingsOf(state));
}

/** Every one by its name. */
export const TRAVEL_QUERIES: { readonly [N in TravelQueryName]: TravelQuery<N> } = {
  'event.diff': eventDiff,
  'event.what_if': whatIf,
  'event.replay': eventReplay,
  'event.archive': eventArchive,
};

function inOrder(from: { readonly seq: number }, to: { readonly seq: number }, what: string): void {
  if (from.seq > to.seq) throw new Failure('invalid_input', { issues: `from: event ${from.seq} is after ${what}, event ${to.seq}` });
}

function placeOf({ state, context }: MomentView): { readonly seq: number; readonly time: string } {
  return { seq: state.seq, time: isoTime(context.now) };
}
