/**
 * The queries that look at more than one moment: one function per such query of the operations table.
 */
import type { Moment } from '../contract/moment.ts';
import type { InputOf, OutputOf, TravelQueryName } from '../contract/operations.ts';
import { changesBetween, countsBetween, missingTasks, outlineOf } from '../views/moment-diff.ts';
import { isoTime } from '../views/time.ts';
import type { SwarmState } from '../domain/state.ts';
import type { ViewContext } from '../views/view-context.ts';

/** What a moment looks like to a view. */
export interface MomentView {
  readonly state: SwarmState;
  readonly context: ViewContext;
}

/** What such a query may do. */
export interface Travel {
  /** Brings a moment; it is gone once the next one is brought. Left out: the end of the log. */
  readonly look: (moment: Moment | undefined) => Promise<MomentView>;
}

type TravelQuery<N extends TravelQueryName> = (travel: Travel, input: InputOf<N>) => Promise<OutputOf<N>>;

const CHANGES_LISTED = 200;

const eventDiff: TravelQuery<'event.diff'> = async ({ look }, { from, to, limit = CHANGES_LISTED }) => {
  const first = await look(from);
  const [before, start] = [outlineOf(first.state), placeOf(first)];
  const second = await look(to);
  const [after, end] = [outlineOf(second.state), placeOf(second)];
  const retired = new Map<string, string>();
  for (const [id, { status }] of await second.context.log.retired(missingTasks(before, after))) retired.set(id, status);
  const changes = changesBetween(before, after, retired);
  return { from: start, to: end, counts: countsBetween(before, after), changes: changes.slice(0, limit), changes_total: changes.length };
};

/** Every one by its name. */
export const TRAVEL_QUERIES: { readonly [N in TravelQueryName]: TravelQuery<N> } = { 'event.diff': eventDiff };

function placeOf({ state, context }: MomentView): { readonly seq: number; readonly time: string } {
  return { seq: state.seq, time: isoTime(context.now) };
}
