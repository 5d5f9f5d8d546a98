/**
 * What a rule is: a pure function from the state and a command to facts, or a refusal.
 * Time, randomness and whatever is not state come in with the context.
 */
import type { Caller } from '../contract/caller.ts';
import type { Fact, LogEvent } from '../contract/event.ts';
import type { Refusal } from '../contract/failure.ts';
import type { CommandName, InputOf } from '../contract/operations.ts';
import type { Earlier } from './rollback/earlier.ts';
import type { CronCalendar } from './schedule/calendar.ts';
import type { SwarmState } from './state.ts';
import type { TaskRemains } from './task/state.ts';
import type { TaskEvent } from './task/story.ts';

/** A task that left memory, with its last event. */
export interface RetiredRecord extends TaskRemains {
  readonly last: LogEvent;
  /** All its events as far as the log reaches, for a rule that recalls tasks; else none. */
  readonly story: readonly TaskEvent[];
}

/** What a rule may know beside the state. */
export interface DecideContext {
  /** ms since 1970, never less than the state's time. */
  readonly now: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly caller: Caller;
  readonly calendar: CronCalendar;
  /** Tasks that the command names and that are no longer in memory. */
  readonly retired: ReadonlyMap<string, RetiredRecord>;
  /** How things were at the moment that a rollback names. */
  readonly earlier?: Earlier | undefined;
}

/** What a rule decides. */
export type Decision = readonly Fact[] | Refusal;

/** The rule of one command. */
export interface Rule<N extends CommandName> {
  readonly decide: (state: SwarmState, input: InputOf<N>, context: DecideContext) => Decision;
  /** Tasks that it must know even if they have left memory; asked again with those that were found, until it names no more. */
  readonly names?: (state: SwarmState, input: InputOf<N>, found: ReadonlyMap<string, RetiredRecord>) => readonly string[];
  /** It needs the whole story of those that failed or were cancelled. */
  readonly recalls?: true;
}

/** Nothing needs to be looked up. */
export const NO_NAMES: readonly string[] = Object.freeze([]);

/** Nothing has left memory. */
export const NO_RETIRED: ReadonlyMap<string, RetiredRecord> = new Map();

/** Nothing to do. */
export const NOTHING: readonly Fact[] = Object.freeze([]);
