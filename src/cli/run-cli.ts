/**
 * Owns one run of the command line: parse, run the command, tell what failed, return the exit code.
 * Steps: 1. the terminal and the signals; 2. the parser from the table; 3. the command with its context;
 * 4. a failure as three lines. Invariant: whatever happens, the exit code says it.
 */
import { CommanderError } from 'commander';
import type { Environment } from '../config/environment.ts';
import { Failure } from '../contract/failure.ts';
import type { CliContext } from './cli-context.ts';
import { type CliCommand, longFlag } from './command.ts';
import { COMMANDS, GROUPS, PROGRAM_EXAMPLES, SECTIONS, SUMMARY } from './command-table.ts';
import { globalFlags, terminalWishes } from './global-options.ts';
import { listenForInterruption } from './interruption.ts';
import type { Launch } from './launch.ts';
import { endWithReader, processTerminal } from './output/terminal.ts';
import { type Asked, buildProgram } from './program.ts';
import { notAtAnyMoment } from './operation-command.ts';
import { reportFailure } from './report-failure.ts';
import { connectToServer } from './connect-to-server.ts';

/** What the command line is given by the program around it. */
export interface Surroundings {
  readonly env: Environment;
  readonly from: string;
  readonly launch: Launch;
}

/** Runs the command line with the arguments after the program's name; resolves with the exit code. */
export async function runCli(args: readonly string[], surroundings: Surroundings): Promise<number> {
  endWithReader();
  const terminal = processTerminal(terminalWishes(args, surroundings.env));
  const interruption = listenForInterruption();
  let asked: CliCommand | null = null;
  let code: number | void = 0;
  const table = {
    summary: SUMMARY,
    version: surroundings.launch.version,
    examples: PROGRAM_EXAMPLES,
    sections: SECTIONS,
    groups: GROUPS,
    commands: COMMANDS,
  };
  let told = '';
  const run = async (found: Asked): Promise<void> => {
    asked = found.command;
    code = await runCommand(found, { ...surroundings, args, terminal, interruption });
  };
  const tell = (text: string): void => {
    told += text;
  };
  const program = buildProgram(table, { run, tell });
  try {
    refuseVersionOf(commandNamed(args), args);
    await program.parseAsync(args, { from: 'user' });
    return code ?? 0;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    if (error instanceof CommanderError && error.code === 'commander.help') {
      terminal.print(told.trimEnd());
      return 0;
    }
    const command = asked ?? commandNamed(args);
    const failure = error instanceof CommanderError ? new Failure('usage', { reason: sentence(error.message, command) }, error) : error;
    const next = nextStep(error, command, args);
    return reportFailure(
      failure,
      {
        doing: asked === null ? 'read the command' : (command?.doing ?? 'do this'),
        next,
        json: args.includes('--json'),
        env: surroundings.env,
      },
      terminal,
    );
  }
}

async function runCommand(
  { command, values, global }: Asked,
  { terminal, interruption, ...surroundings }: Surroundings & Pick<CliContext, 'args' | 'terminal' | 'interruption'>,
): Promise<number | void> {
  const globals = globalFlags(global);
  if (globals.wait && command.waits !== true) throw new Failure('usage', { reason: `tutti ${command.path} has nothing to wait for.` });
  if (globals.at !== undefined && !('operation' in command)) throw notAtAnyMoment(command.path);
  if (command.graceful === true) interruption.endGracefully();
  const context: CliContext = {
    ...surroundings,
    globals,
    terminal,
    interruption,
    now: () => Date.now(),
    configure: async (flags = {}) => {
      const { loadConfiguration } = await import('../config/load-configuration.ts');
      const { from, env } = surroundings;
      return loadConfiguration({ from, env, data: globals.data, flags: { swarm: globals.swarm, server: globals.server, ...flags } });
    },
    connect: () => connectToServer(context),
  };
  return command.run(context, values);
}

/** `--version` is said of the program alone: after a command it is meant for what the command is about. */
function refuseVersionOf(command: CliCommand | null, args: readonly string[]): void {
  const own = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  if (command === null || !own.some((arg) => arg === '--version' || arg.startsWith('--version='))) return;
  throw new Failure('usage', { reason: `--version is the program's, as \`tutti --version\`; tutti ${command.path} has no such option.` });
}

/** The command whose words the arguments begin with, or null. */
function commandNamed(args: readonly string[]): CliCommand | null {
  const words = args.filter((arg) => !arg.startsWith('-'));
  const fits = ({ path }: CliCommand): boolean => path.split(' ').every((word, index) => words[index] === word);
  return COMMANDS.find(fits) ?? null;
}

/** What to do after wrong usage; undefined where the catalogue's hint fits. */
function nextStep(error: unknown, command: CliCommand | null, args: readonly string[]): string | undefined {
  if (error instanceof Failure && error.code !== 'usage' && error.code !== 'invalid_input') return undefined;
  if (!(error instanceof Failure) && !(error instanceof CommanderError)) return undefined;
  const help = `\`tutti ${command === null ? '' : `${command.path} `}--help\` shows how.`;
  if (error instanceof CommanderError && error.code === 'commander.excessArguments' && command !== null)
    return `It is \`${callOf(command)}\`, with options. ${help}`;
  const meant = /\(Did you mean (?:one of )?(.*)\?\)/.exec(error.message)?.[1] ?? optionMeant(error.message, command);
  const about = error instanceof CommanderError && error.code === 'commander.unknownCommand' ? commandsAbout(args) : [];
  if (meant === undefined && about.length > 1) return `Say what it is: ${about.map((each) => `\`${each}\``).join(' or ')}.`;
  if (meant === undefined) return help;
  const group = GROUPS.find(({ path }) => path === args.find((arg) => !arg.startsWith('-')))?.path;
  const before =
    meant.startsWith('-') || meant.startsWith('tutti ') ? '' : ['tutti', group, ''].filter((word) => word !== undefined).join(' ');
  return `Did you mean ${meant
    .split(', ')
    .map((each) => `\`${before}${each}\``)
    .join(' or ')}? ${help}`;
}

/** The commands of a group that are about what its first word names, with that word: `why build-001` leaves out what it is. */
function commandsAbout(args: readonly string[]): string[] {
  const [group, word = ''] = args.filter((arg) => !arg.startsWith('-'));
  const about = ({ path, args: [first, ...more] = [] }: CliCommand): boolean => path === `${group} ${first?.shown}` && more.length === 0;
  return COMMANDS.filter(about).map(({ path }) => `tutti ${path} ${word}`);
}

/** Where an option is unknown: the one that begins like it, or the command with its argument of that name. */
function optionMeant(message: string, command: CliCommand | null): string | undefined {
  const [, typed, name] = /^error: unknown option '(--([a-z][a-z-]+))/.exec(message) ?? [];
  if (typed === undefined || command === null) return undefined;
  const longer = (command.options ?? []).map(({ flags }) => longFlag(flags)).find((flag) => flag.startsWith(typed));
  if (longer !== undefined) return longer;
  const args = command.args ?? [];
  return args.some(({ shown }) => shown === name) ? callOf(command) : undefined;
}

/** A command with its arguments, as it is typed. */
function callOf({ path, args = [] }: CliCommand): string {
  return ['tutti', path, ...args.map(({ shown, optional }) => (optional === true ? `[${shown}]` : `<${shown}>`))].join(' ');
}

/** Commander's message as a sentence. A moment such as -5m looks like an option. */
function sentence(message: string, command: CliCommand | null): string {
  const past = /unknown option '(-\d+[a-z]+)'/.exec(message)?.[1];
  if (past !== undefined && command !== null)
    return `${past} is taken for an option; behind -- it is a moment: tutti ${command.path} -- ${past}`;
  const text = message.replace(/^error: /, '').replace(/\s*\(Did you mean.*$/s, '');
  return `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`;
}
