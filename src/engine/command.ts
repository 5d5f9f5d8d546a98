/**
 * A command as the engine takes it: already valid by the contract, with its caller.
 */
import type { LogEvent } from '../contract/event.ts';
import type { CommandName, InputOf } from '../contract/operations.ts';
import type { Caller } from '../contract/caller.ts';
import type { SwarmState } from '../domain/state.ts';

/** A command with its caller. */
export interface Command<N extends CommandName = CommandName> {
  readonly name: N;
  readonly input: InputOf<N>;
  readonly caller: Caller;
}

/** Makes the answer to a command from the state right after it and the events it made. */
export type Reply<T> = (state: SwarmState, events: readonly LogEvent[]) => T;

/** Who the engine itself is, in events. */
export const TUTTI: Caller = { actor: 'tutti', credential: null };
