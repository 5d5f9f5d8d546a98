/**
 * Where the sessions of a host live: in tmux, where there is one, else in terminals of the host's own.
 */
import { execFile } from 'node:child_process';
import { Failure } from '../../contract/failure.ts';
import type { Clock } from '../../contract/ports.ts';
import { openPtyHome } from './pty-home.ts';
import type { TerminalHome } from './terminal-home.ts';
import { openTmuxHome } from './tmux-home.ts';
import { isTmuxServerThere } from './tmux-server.ts';

/** Opens the home of a data folder's sessions. Throws `tmux_missing` when they run in a tmux that is not there any more. */
export async function openTerminalHome(
  dataFolder: string,
  environment: Readonly<Record<string, string>>,
  clock: Clock,
): Promise<TerminalHome> {
  if (await hasTmux(environment)) return openTmuxHome(dataFolder, environment, clock);
  if (await isTmuxServerThere(dataFolder)) throw new Failure('tmux_missing', { folder: dataFolder });
  return openPtyHome(dataFolder, environment, clock);
}

function hasTmux(environment: Readonly<Record<string, string>>): Promise<boolean> {
  return new Promise((resolve) => {
    execFile('tmux', ['-V'], { env: { ...environment } }, (error) => resolve(error === null || error.code !== 'ENOENT'));
  });
}
