/**
 * Owns how a failure is told: three lines on stderr (what, why, next), or one line of JSON, and the exit code.
 */
import type { Environment } from '../config/environment.ts';
import { type ErrorCode, ERRORS } from '../contract/error-catalogue.ts';
import { Failure, reasonOf } from '../contract/failure.ts';
import { cleanLine, safeJson } from './output/clean-text.ts';
import type { Terminal } from './output/terminal.ts';
import { asTyped } from './program-name.ts';

/** What was being done when it failed. */
export interface Attempted {
  /** After "cannot". */
  readonly doing: string;
  /** The next command, where it is better known than the catalogue's hint. */
  readonly next?: string | undefined;
  readonly json: boolean;
  readonly env: Environment;
}

/** The next command of a user where the catalogue speaks to clients over HTTP. */
const NEXT: Partial<Record<ErrorCode, string>> = {
  unauthenticated: 'Set TUTTI_TOKEN; in the project of the server `tutti token` prints it.',
  session_unknown: '`tutti session list` shows the sessions.',
  swarm_unknown: 'Leave --swarm out, or name one that the server was started with.',
};

/** Tells the failure and returns the exit code. */
export function reportFailure(error: unknown, attempted: Attempted, terminal: Pick<Terminal, 'err' | 'say'>): number {
  const failure = error instanceof Failure ? error : new Failure('internal', { reason: reasonOf(error) }, error);
  const { exit } = ERRORS[failure.code];
  const next = cleanLine(asTyped(attempted.next ?? NEXT[failure.code] ?? failure.hint, attempted.env));
  if (attempted.json) {
    const { code, message, retryable, params } = failure;
    terminal.say(safeJson({ error: { code, message, hint: next, retryable, exit, params } }));
    return exit;
  }
  const { err } = terminal;
  terminal.say(
    `${err.red('error:')} ${err.bold(cleanLine(`cannot ${attempted.doing}`))}`,
    `  why: ${cleanLine(failure.message)} ${err.dim(`[${failure.code}]`)}`,
    ` next: ${err.coloured ? next.replace(/`([^`]*)`/g, (_quoted, command: string) => err.bold(command)) : next}`,
  );
  return exit;
}
