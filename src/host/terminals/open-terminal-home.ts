/**
 * Where the sessions of a host live: in tmux, where there is one, else in terminals of the host's own.
 */
import { execFile } from 'node:child_process';
import type { Clock } from '../../contract/ports.ts';
import { openPtyHome } from './pty-home.ts';
import type { TerminalHome } from './terminal-home.ts';
import { openTmuxHome } from './tmux-home.ts';

/** Opens the home of a data folder's sessions. */
export async function openTerminalHome(
  dataFolder: string,
  environment: Readonly<Record<string, string>>,
  clock: Clock,
): Promise<TerminalHome> {
  const open = (await hasTmux(environment)) ? openTmuxHome : openPtyHome;
  return open(dataFolder, environment, clock);
}

function hasTmux(environment: Readonly<Record<string, string>>): Promise<boolean> {
  return new Promise((resolve) => {
    execFile('tmux', ['-V'], { env: { ...environment } }, (error) => resolve(error === null || error.code !== 'ENOENT'));
  });
}
