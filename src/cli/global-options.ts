/**
 * The flags that every command takes, and how they are read.
 */
import type { Environment } from '../config/environment.ts';
import type { GlobalFlags } from './cli-context.ts';
import type { CliOption, Values } from './command.ts';
import type { TerminalWishes } from './output/terminal.ts';

/** The flags that every command takes. */
export const GLOBAL_OPTIONS: readonly CliOption[] = [
  { flags: '--swarm <name>', description: 'Swarm to speak to; default: the one of the token.' },
  { flags: '--server <url>', description: 'Address of the server; default: the one of this project.' },
  { flags: '--data <folder>', description: 'Data folder; default: the nearest .tutti upwards.' },
  { flags: '--at <moment>', description: 'Show it as it was: after event 1200, at 14:05, at 2026-11-21T09:30:00Z, or -10m.' },
  { flags: '--json', description: 'JSON on stdout; errors as one line of JSON on stderr.' },
  { flags: '--no-color', description: 'No colours; NO_COLOR and TERM=dumb do the same.' },
  { flags: '--no-input', description: 'Never ask anything.' },
  { flags: '--yes', description: 'Answer every question with yes.' },
  { flags: '--dry-run', description: 'Say what would be done, and do nothing.' },
  { flags: '--wait', description: 'Wait for the end of the work (task add, retry, show).' },
];

/** The global flags among parsed options. */
export function globalFlags(options: Values): GlobalFlags {
  return {
    swarm: options['swarm'] as string | undefined,
    server: options['server'] as string | undefined,
    data: options['data'] as string | undefined,
    at: options['at'] as string | undefined,
    json: options['json'] === true,
    yes: options['yes'] === true,
    dry_run: options['dryRun'] === true,
    wait: options['wait'] === true,
  };
}

/** What flags and environment wish of the terminal. */
export function terminalWishes(args: readonly string[], env: Environment): TerminalWishes {
  const noColor = env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '';
  return { no_color: noColor || env['TERM'] === 'dumb' || args.includes('--no-color'), no_input: args.includes('--no-input') };
}
