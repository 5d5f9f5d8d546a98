/**
 * What of an event can be looked for: its type, its task, its session. Places are blocks of 256 events, so that an index of
 * them stays small beside its log.
 */
import type { LogEvent } from '../contract/event.ts';

const EVENTS_A_BLOCK = 256;

/** Tells in which blocks all of some subjects may be named; in others they are not. */
export interface EventPlaces {
  /** The first such block from `block` on; null: none. */
  next(subjects: readonly string[], block: number): number | null;
  /** The last such block up to `block`; null: none. */
  previous(subjects: readonly string[], block: number): number | null;
}

/** What a list of events is filtered by. */
export interface EventFilter {
  readonly type?: string | undefined;
  readonly task_id?: string | undefined;
  readonly session_id?: string | undefined;
}

/** The block of an event. */
export function blockOf(seq: number): number {
  return Math.floor((seq - 1) / EVENTS_A_BLOCK);
}

/** The number of the first event of a block. */
export function firstOf(block: number): number {
  return block * EVENTS_A_BLOCK + 1;
}

/** What an event names. */
export function subjectsOf({ type, data }: LogEvent): string[] {
  const task = 'task_id' in data ? data.task_id : null;
  const session = 'session_id' in data ? data.session_id : null;
  return subjectsAsked({ type, task_id: task ?? undefined, session_id: session ?? undefined });
}

/** What a filter asks for; an event passes it when it names all of these. */
export function subjectsAsked({ type, task_id, session_id }: EventFilter): string[] {
  const subjects: string[] = [];
  if (type !== undefined) subjects.push(`type ${type}`);
  if (task_id !== undefined) subjects.push(`task ${task_id}`);
  if (session_id !== undefined) subjects.push(`session ${session_id}`);
  return subjects;
}
