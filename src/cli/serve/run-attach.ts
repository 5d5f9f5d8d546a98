/**
 * tutti session attach and screen: the terminal of a session that a host of this data folder keeps.
 */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { chooseDataFolder } from '../../config/data-folder.ts';
import { terminalName, terminalSocket } from '../../config/terminal-socket.ts';
import { Failure } from '../../contract/failure.ts';
import type { CliContext } from '../cli-context.ts';
import type { Values } from '../command.ts';
import { cleanText } from '../output/clean-text.ts';

const LINES = 50;

/** Runs `tutti session attach`; resolves when it was detached or the session ended. */
export async function runAttach(context: CliContext, values: Values): Promise<number> {
  const { id, socket } = found(context, values);
  const look = values['control'] === true ? [] : ['-r'];
  const child = spawn('tmux', ['-u', '-L', socket, 'attach-session', ...look, '-t', `=${terminalName(id)}`], { stdio: 'inherit' });
  return new Promise((resolve) => {
    child.once('error', () => resolve(1));
    child.once('exit', (code) => resolve(code ?? 0));
  });
}

/** Runs `tutti session screen`. What an agent showed is cleaned of what a terminal would obey. */
export function runScreen(context: CliContext, values: Values): Promise<number> {
  const { id, socket } = found(context, values);
  const lines = typeof values['lines'] === 'number' ? values['lines'] : LINES;
  const place = ['-t', `=${terminalName(id)}:`];
  const { stdout } = spawnSync('tmux', ['-u', '-L', socket, 'capture-pane', '-p', '-J', '-S', `-${lines}`, ...place], { encoding: 'utf8' });
  context.terminal.print(...cleanText(stdout.trimEnd()).split('\n').slice(-lines));
  return Promise.resolve(0);
}

function found({ from, env, globals }: CliContext, values: Values): { id: string; socket: string } {
  const id = String(values['session_id']);
  const socket = terminalSocket(join(chooseDataFolder({ from, env, flag: globals.data }), 'host'));
  const { status } = spawnSync('tmux', ['-u', '-L', socket, 'has-session', '-t', `=${terminalName(id)}`], { stdio: 'ignore' });
  if (status !== 0) throw new Failure('session_not_hosted', { session_id: id });
  return { id, socket };
}
