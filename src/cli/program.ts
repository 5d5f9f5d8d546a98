/**
 * Makes the parser of the command line from the table of commands. Invariant: it decides nothing; what a command does
 * is in its entry.
 */
import { Command, type Help, Option } from 'commander';
import { type CliCommand, type CliOption, type CommandGroup, type Example, fieldOf, longFlag, type Values } from './command.ts';
import { GLOBAL_OPTIONS } from './global-options.ts';
import { helpText, type HelpNotes } from './help-text.ts';

/** The whole command line as data. */
export interface CommandTable {
  readonly summary: string;
  readonly version: string;
  readonly examples: readonly [Example, Example, Example];
  /** Headings of the help, each with the first words of its commands, in order. */
  readonly sections: Readonly<Record<string, readonly string[]>>;
  readonly groups: readonly CommandGroup[];
  readonly commands: readonly CliCommand[];
}

/** A command that was asked for, parsed. */
export interface Asked {
  readonly command: CliCommand;
  readonly values: Values;
  /** The global flags as commander parsed them. */
  readonly global: Values;
}

/** What the parser calls. */
export interface ProgramPorts {
  /** Runs a command. */
  readonly run: (asked: Asked) => Promise<void>;
  /** Takes what commander has to say: the help where a command is missing, and errors, which it also throws. */
  readonly tell: (text: string) => void;
}

/** Makes the parser. Parsing throws CommanderError and Failure. */
export function buildProgram(table: CommandTable, { run, tell }: ProgramPorts): Command {
  const program = prepare(new Command('tutti'), table.summary, {
    examples: table.examples,
    common: [],
    sections: table.sections,
  })
    .version(table.version, '--version', 'Print the version.')
    .exitOverride()
    .configureOutput({ writeErr: tell })
    .helpOption('-h, --help', 'Show this help.')
    .helpCommand('help [command]', 'Show the help of a command.');
  for (const option of GLOBAL_OPTIONS) program.addOption(new Option(option.flags, option.description));
  for (const group of table.groups) {
    const below = table.commands.filter(({ path }) => path.startsWith(`${group.path} `));
    prepare(program.command(group.path), group.summary, {
      examples: below.slice(0, 3).map(({ examples }) => examples[0]),
      common: [],
      sections: {},
    });
  }
  for (const command of table.commands) addCommand(program, command, run);
  return program;
}

const NO_NOTES: HelpNotes = { examples: [], common: [], sections: {} };

function addCommand(program: Command, command: CliCommand, run: (asked: Asked) => Promise<void>): void {
  const words = command.path.split(' ');
  const parent = words.length === 1 ? program : program.commands.find((each) => each.name() === words[0]);
  if (parent === undefined) throw new TypeError(`the command ${command.path} has no group`);
  const common = (command.options ?? []).filter((option) => option.common === true).map((option) => longFlag(option.flags));
  const added = prepare(parent.command(words.at(-1) ?? ''), command.summary, { examples: command.examples, common, sections: {} });
  for (const { shown, description, variadic, optional } of command.args ?? []) {
    const name = variadic === true ? `${shown}...` : shown;
    added.argument(optional === true ? `[${name}]` : `<${name}>`, description);
  }
  for (const option of command.options ?? []) added.addOption(toOption(option));
  added.action(async () => run({ command, values: valuesOf(command, added), global: program.opts() }));
}

function prepare(command: Command, summary: string, notes: HelpNotes): Command {
  return command.description(summary).configureHelp({
    showGlobalOptions: true,
    subcommandTerm: (each) => [each.name(), ...each.registeredArguments.map((argument) => `<${argument.name()}>`)].join(' '),
    formatHelp: (each: Command, help: Help) => helpText(each, help, each === command ? notes : NO_NOTES),
  });
}

function toOption(option: CliOption): Option {
  const made = new Option(option.flags, option.description);
  if (option.choices !== undefined) made.choices([...option.choices]);
  const { read } = option;
  if (read === undefined && option.repeatable !== true) return made;
  const flag = longFlag(option.flags);
  return made.argParser((text: string, before: unknown) => {
    const value = read === undefined ? text : read(text, flag);
    if (option.repeatable !== true) return value;
    return [...(Array.isArray(before) ? (before as unknown[]) : []), ...(Array.isArray(value) ? (value as unknown[]) : [value])];
  });
}

/** What was given, by field; nothing that was left out. */
function valuesOf(command: CliCommand, parsed: Command): Values {
  const values: Record<string, unknown> = {};
  for (const [index, argument] of (command.args ?? []).entries()) {
    const value: unknown = parsed.processedArgs[index];
    if (value !== undefined && !(Array.isArray(value) && value.length === 0)) values[argument.field] = value;
  }
  for (const option of command.options ?? []) {
    const attribute = toOption(option).attributeName();
    if (parsed.getOptionValueSource(attribute) === 'cli') values[fieldOf(option)] = parsed.getOptionValue(attribute);
  }
  return values;
}
