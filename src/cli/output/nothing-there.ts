/**
 * How an empty list is told: with the command that would put something there, unless the moment is past.
 */
import type { CliContext } from '../cli-context.ts';

/** Says that there is nothing of a kind, and what to do about it; of a moment of the past only that there was nothing. */
export function sayNothing({ terminal, globals }: Pick<CliContext, 'terminal' | 'globals'>, what: string, next: string): void {
  terminal.say(globals.at === undefined ? `No ${what}. ${next}` : `There were no ${what} at that moment.`);
}
