/**
 * A command as the engine takes it: already valid by the contract, with its caller.
 */
import type { LogEvent } from '../contract/event.ts';
import type { Failure } from '../contract/failure.ts';
import type { CommandName, InputOf } from '../contract/operations.ts';
import type { Caller } from '../contract/caller.ts';
import type { Earlier } from '../domain/rollback/earlier.ts';
import type { SwarmState } from '../domain/state.ts';

/** A command with its caller. */
export interface Command<N extends CommandName = CommandName> {
  readonly name: N;
  readonly input: InputOf<N>;
  readonly caller: Caller;
  /** What a rollback goes back to. */
  readonly earlier?: Earlier;
}

/** Makes the answer to a command from the state right after it and the events it made; a promise when it needs the log. */
export type Reply<T> = (state: SwarmState, events: readonly LogEvent[]) => T | Promise<T>;

/** Told once what became of a command: its answer, once that is durable, or why there is none. */
export interface Listener<T> {
  resolve(answer: T): void;
  reject(error: unknown): void;
}

/** A command on its way through the writer. */
export interface Submission<N extends CommandName, T> {
  readonly command: Command<N>;
  readonly reply: Reply<T>;
  readonly listener: Listener<T>;
}

/** Tells a listener what becomes of a promise. */
export function listenTo<T>(promise: Promise<T>, listener: Listener<T>): void {
  promise.then(
    (answer) => listener.resolve(answer),
    (error: unknown) => listener.reject(error),
  );
}

/** Tells a listener that nothing was done; never before this returns. */
export function refuse<T>(failure: Failure, listener: Listener<T>): void {
  listenTo(Promise.reject<T>(failure), listener);
}

/** Who the engine itself is, in events. */
export const TUTTI: Caller = { actor: 'tutti', credential: null };
