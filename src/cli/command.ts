/**
 * What a command of the command line is: one description from which parsing, help, the reference and the call are made.
 * Types and small constructors only, so that `--help` loads nothing else.
 */
import type { CliContext } from './cli-context.ts';

/** Parsed arguments and options by field name. */
export type Values = Readonly<Record<string, unknown>>;

/** Reads the text of an argument or option. Throws Failure `usage` when it makes no sense. */
export type ReadValue = (text: string, flag: string) => unknown;

/** A positional argument. */
export interface CliArgument {
  /** Field of the values. */
  readonly field: string;
  /** As shown, for example `task-id`. */
  readonly shown: string;
  readonly description: string;
  /** Takes all that follow; its value is a list. */
  readonly variadic?: boolean;
  readonly optional?: boolean;
}

/** An option. */
export interface CliOption {
  /** As commander reads them, for example `-p, --priority <n>`; without `<…>` it is a switch. */
  readonly flags: string;
  readonly description: string;
  /** Field of the values; left out: the long flag with underscores. */
  readonly field?: string;
  readonly read?: ReadValue;
  /** May be given several times; its value is a list. */
  readonly repeatable?: boolean;
  readonly choices?: readonly string[];
  /** Listed among the common options in the help. */
  readonly common?: boolean;
}

/** An example: a command and what it does. */
export interface Example {
  readonly run: string;
  readonly says: string;
}

/** What every command says about itself. */
export interface Described {
  /** Its words, for example `task add`. */
  readonly path: string;
  /** One line, with a full stop. */
  readonly summary: string;
  /** What failed, after "cannot": `add the task`. */
  readonly doing: string;
  readonly args?: readonly CliArgument[];
  readonly options?: readonly CliOption[];
  readonly examples: readonly [Example, Example, Example];
  /** Takes --wait: it can wait for the work to end. */
  readonly waits?: boolean;
  /** Ends by itself when interrupted. */
  readonly graceful?: boolean;
}

/** A command that can be run. */
export interface CliCommand extends Described {
  /** A further operation that it is, beside its own. */
  readonly alike?: string;
  /** Runs it; resolves with the exit code, 0 when nothing is returned. Throws Failure. */
  readonly run: (context: CliContext, values: Values) => Promise<number | void>;
}

/** A word with commands below it. */
export interface CommandGroup {
  readonly path: string;
  readonly summary: string;
}

/** Name of the field an option fills. */
export function fieldOf(option: CliOption): string {
  return (
    option.field ??
    longFlag(option.flags)
      .replace(/^--(no-)?/, '')
      .replaceAll('-', '_')
  );
}

/** The long flag among the flags of an option. */
export function longFlag(flags: string): string {
  return /--[a-z][a-z-]*/.exec(flags)?.[0] ?? flags;
}
