/**
 * What the demo is given. Only types: `runDemo` is the program.
 */
import type { Palette } from '../cli/output/terminal.ts';
import type { Environment } from '../config/environment.ts';

/** The server that the demo uses, what it works on, and how it looks. */
export interface DemoOptions {
  readonly url: string;
  /** null: a server without authentication. */
  readonly token: string | null;
  /** The demo's own swarm; the server has it open. */
  readonly swarm: string;
  /** The command line as the user would call it. */
  readonly tutti: string;
  /** Flags that every later command needs to find the server, with a blank before them; empty as a rule. */
  readonly flags: string;
  /** Folder of the git repository that it works on a clone of. */
  readonly repository: string;
  /** The program and its arguments before the command: what workers are started with. */
  readonly program: readonly [string, ...string[]];
  readonly environment: Environment;
  /** The colours of stdout. */
  readonly out: Palette;
  /** Columns of stdout; null: nobody looks at it, so one line per event instead of the board. */
  readonly columns: number | null;
  /** Only the report, as JSON. */
  readonly json: boolean;
  /** Ends the demo and its workers. */
  readonly signal: AbortSignal;
}
