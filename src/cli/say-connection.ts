/**
 * Tells the user when a lasting connection is lost and when it is back; what cannot pass is handed on instead.
 */
import type { LiveClient } from '../client/live-client.ts';
import type { Failure } from '../contract/failure.ts';
import type { CliContext } from './cli-context.ts';
import { cleanLine } from './output/clean-text.ts';

/** Follows the connection of a live client; `onLasting` is told of a failure that no later attempt can change. */
export function sayConnection(live: LiveClient, { terminal, globals }: CliContext, onLasting: (failure: Failure) => void): void {
  let lost = false;
  live.onConnection((state) => {
    if (state.online) {
      if (lost) terminal.say('The server is back.');
      lost = false;
    } else if (!state.failure.retryable) onLasting(state.failure);
    else if (!lost) {
      lost = true;
      if (!globals.json) terminal.say(`${cleanLine(state.failure.message)} Trying again; Ctrl-C ends it.`);
    }
  });
}
