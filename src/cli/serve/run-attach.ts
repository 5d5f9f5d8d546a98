/**
 * tutti session attach and screen: the terminal of a session. One that a host of this data folder keeps is tmux's own, and
 * is there without a server too; every other one is shown by the server.
 */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { chooseDataFolder } from '../../config/data-folder.ts';
import { terminalName, terminalSocket } from '../../config/terminal-socket.ts';
import { Failure } from '../../contract/failure.ts';
import type { CliContext } from '../cli-context.ts';
import type { Values } from '../command.ts';
import { cleanText } from '../output/clean-text.ts';
import { attachRemotely, takeKeyboard } from './remote-terminal.ts';

const LINES = 50;
const NOBODY = { release: () => Promise.resolve() };

/** Runs `tutti session attach`; resolves when it was detached or the session ended. */
export async function runAttach(context: CliContext, values: Values): Promise<number> {
  const id = String(values['session_id']);
  const control = values['control'] === true;
  const force = values['force'] === true;
  const socket = localSocket(context, id);
  if (socket === null) return attachRemotely(context, { session_id: id, control, force });
  const keyboard = control ? await localKeyboard(context, id, force) : NOBODY;
  try {
    return await attachLocally(socket, id, control);
  } finally {
    await keyboard.release();
  }
}

/** Runs `tutti session screen`. What an agent showed is cleaned of what a terminal would obey. */
export async function runScreen(context: CliContext, values: Values): Promise<number> {
  const id = String(values['session_id']);
  const lines = typeof values['lines'] === 'number' ? values['lines'] : LINES;
  const socket = localSocket(context, id);
  const text = socket === null ? await shownByServer(context, id, lines) : shownByTmux(socket, id, lines);
  context.terminal.print(...cleanText(text.trimEnd()).split('\n').slice(-lines));
  return 0;
}

function shownByTmux(socket: string, id: string, lines: number): string {
  const place = ['-t', `=${terminalName(id)}:`];
  return spawnSync('tmux', ['-u', '-L', socket, 'capture-pane', '-p', '-J', '-S', `-${lines}`, ...place], { encoding: 'utf8' }).stdout;
}

async function shownByServer(context: CliContext, session_id: string, lines: number): Promise<string> {
  const { client } = await context.connect();
  const { text } = await client.call('terminal.show', { session_id, history: Math.min(lines, 2000) });
  return text;
}

function attachLocally(socket: string, id: string, control: boolean): Promise<number> {
  const look = control ? [] : ['-r'];
  const child = spawn('tmux', ['-u', '-L', socket, 'attach-session', ...look, '-t', `=${terminalName(id)}`], { stdio: 'inherit' });
  return new Promise((resolve) => {
    child.once('error', () => resolve(1));
    child.once('exit', (code) => resolve(code ?? 0));
  });
}

/** The keyboard, as the others know of it; without a server, or a terminal there, nobody else has it. */
async function localKeyboard(context: CliContext, session_id: string, force: boolean): Promise<{ release: () => Promise<void> }> {
  try {
    const { client } = await context.connect();
    return await takeKeyboard(client, { session_id, force });
  } catch (error) {
    if (error instanceof Failure && error.code === 'terminal_taken') throw error;
    return NOBODY;
  }
}

/** The tmux server of this data folder, when the session is in it. */
function localSocket({ from, env, globals }: CliContext, id: string): string | null {
  const socket = terminalSocket(join(chooseDataFolder({ from, env, flag: globals.data }), 'host'));
  const { status } = spawnSync('tmux', ['-L', socket, 'has-session', '-t', `=${terminalName(id)}`], { stdio: 'ignore' });
  return status === 0 ? socket : null;
}
