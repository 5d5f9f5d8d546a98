/**
 * How the programs of the tests read what they are called with. Whoever calls one wrongly is told what is wrong and how it
 * is called; it ends with 2 before it has begun anything. Whoever asks with --help is told too.
 */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { reasonOf } from '../../src/contract/failure.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

/** The values of these options. */
export type FlagsOf<T extends Options> = ReturnType<typeof parseArgs<{ options: T }>>['values'];

/** What the program was called with; `usage` is the line that says how it is called. */
export function readFlags<const T extends Options>(usage: string, options: T): FlagsOf<T> {
  if (process.argv.includes('--help')) {
    process.stdout.write(`Usage: ${usage}\n`);
    process.exit(0);
  }
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    return misused(`${reasonOf(error)}\nUsage: ${usage}`);
  }
}

/** The whole number that an option was given. */
export function wholeNumber(option: string, text: string, { least = 1, most = Number.MAX_SAFE_INTEGER } = {}): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `above ${least - 1}` : `from ${least} to ${most}`;
  return misused(`--${option} takes a whole number ${range}, not ${text}`);
}

/** Ends the program because it was called wrongly. */
export function misused(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}
