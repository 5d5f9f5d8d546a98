/**
 * What the shells complete, taken from the table of commands: words, options and the values that an option may have.
 */
import { type CliCommand, type CliOption, type CommandGroup, longFlag } from '../command.ts';
import { GLOBAL_OPTIONS } from '../global-options.ts';

/** A word with what it means. */
export interface CompletedWord {
  readonly word: string;
  readonly says: string;
}

/** An option as a shell sees it. */
export interface CompletedOption {
  /** With its dashes. */
  readonly long: string;
  /** With its dash; null when it has none. */
  readonly short: string | null;
  readonly says: string;
  readonly takesValue: boolean;
  /** Its value may be the name of a file. */
  readonly files: boolean;
  /** Empty: anything. */
  readonly choices: readonly string[];
}

/** What all shells need to know. */
export interface CompletedWords {
  readonly places: readonly CompletionPlace[];
  /** Options of every command. */
  readonly everywhere: readonly CompletedOption[];
}

/** What may follow some words. */
export interface CompletionPlace {
  /** The words before, for example `task add`; empty for the program alone. */
  readonly path: string;
  readonly words: readonly CompletedWord[];
  /** Its own, without those of every command. */
  readonly options: readonly CompletedOption[];
  /** An argument may be the name of a file. Ids are not offered: nothing runs while the user types. */
  readonly files: boolean;
}

/** Placeholders of values that are files, or texts that may be read from one. */
const FILE_LIKE = /^(?:path|file|folder|command|content|text|input|what|rules)$/;

/** The shells that completion is written for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** Every place of the command line, the program itself first. */
export function completionOf(commands: readonly CliCommand[], groups: readonly CommandGroup[]): CompletedWords {
  const all = [...groups, ...commands];
  const below = (path: string): CompletedWord[] =>
    all
      .filter((each) => each.path.split(' ').slice(0, -1).join(' ') === path)
      .map((each) => ({ word: each.path.split(' ').at(-1) ?? '', says: each.summary }))
      .toSorted((a, b) => (a.word < b.word ? -1 : 1));
  const everywhere = [...GLOBAL_OPTIONS, { flags: '-h, --help', description: 'Show this help.' }].map(optionOf);
  const places = [
    { path: '', words: [...below(''), { word: 'help', says: 'Show the help of a command.' }], options: [], files: false },
    ...groups.map(({ path }) => ({ path, words: below(path), options: [], files: false })),
    ...commands.map((command) => ({
      path: command.path,
      words: command.path === 'completion' ? SHELLS.map((word) => ({ word, says: `For ${word}.` })) : [],
      options: (command.options ?? []).map(optionOf),
      files: (command.args ?? []).some(({ shown }) => FILE_LIKE.test(shown)),
    })),
  ];
  return { places, everywhere };
}

/** Text in single quotes, for any POSIX shell and for fish. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** The words before a place as one pattern of a shell's `case`. */
export function pathPattern(places: readonly CompletionPlace[]): string {
  return places
    .filter(({ path }) => path !== '')
    .map(({ path }) => quoted(path.includes(' ') ? path : ` ${path}`))
    .join('|');
}

/** The flags of some options. */
export function flagsOf(options: readonly CompletedOption[]): string[] {
  return options.flatMap(({ long, short }) => (short === null ? [long] : [long, short]));
}

function optionOf({ flags, description, choices = [] }: CliOption): CompletedOption {
  const [short = null] = /^-[a-zA-Z](?=,)/.exec(flags) ?? [];
  const [, value = ''] = /<([^>]+)>/.exec(flags) ?? [];
  return { long: longFlag(flags), short, says: description, takesValue: value !== '', files: FILE_LIKE.test(value), choices };
}
