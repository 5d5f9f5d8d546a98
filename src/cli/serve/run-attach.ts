/**
 * tutti session attach and screen: the terminal of a session. One that a host of this data folder keeps in tmux is tmux's
 * own, and is there without a server too; every other one is shown by the server.
 */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { LiveClient } from '../../client/live-client.ts';
import { chooseDataFolder } from '../../config/data-folder.ts';
import { terminalName, terminalSocket } from '../../config/terminal-socket.ts';
import { Failure } from '../../contract/failure.ts';
import { TERMINAL_HISTORY } from '../../contract/views/terminal-view.ts';
import type { CliContext, ServerConnection } from '../cli-context.ts';
import type { Values } from '../command.ts';
import { cleanText } from '../output/clean-text.ts';
import { attachRemotely, needsTerminal, type RemoteAttach } from './remote-terminal.ts';
import { takeKeyboard } from './terminal-keyboard.ts';

const LINES = 50;

/** Runs `tutti session attach`; resolves when it was detached or the session ended. */
export async function runAttach(context: CliContext, values: Values): Promise<number> {
  const { env, terminal } = context;
  const holder = `${env['USER'] ?? env['LOGNAME'] ?? 'somebody'} at a command line`;
  const [control, force] = [values['control'] === true, values['force'] === true];
  const attach: RemoteAttach = { session_id: String(values['session_id']), control, force, holder };
  if (force && !control) throw new Failure('usage', { reason: '--force takes the keyboard, so it needs --control.' });
  const socket = localSocket(context, attach.session_id);
  if (socket !== null) return attachLocally(context, socket, attach);
  const client = await (await connection(context, attach.session_id)).live();
  try {
    terminal.say(await attachRemotely(client, attach));
    return 0;
  } finally {
    client.close();
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
  const { client } = await connection(context, session_id);
  const { text } = await client.call('terminal.show', { session_id, history: Math.min(lines, TERMINAL_HISTORY) });
  return text;
}

/** Without a server there are only the sessions of this machine, and this is none of them. */
async function connection(context: CliContext, session_id: string): Promise<ServerConnection> {
  try {
    return await context.connect();
  } catch (error) {
    if (error instanceof Failure && error.code === 'server_not_found') throw new Failure('session_not_hosted', { session_id });
    throw error;
  }
}

/** tmux itself, in this terminal. Who else types knows that it is done here, when there is a server to tell. */
async function attachLocally(context: CliContext, socket: string, attach: RemoteAttach): Promise<number> {
  needsTerminal();
  const tmux = ['-u', '-L', socket];
  const target = `=${terminalName(attach.session_id)}`;
  const show = (how: readonly string[]): ReturnType<typeof spawn> =>
    spawn('tmux', [...tmux, 'attach-session', ...how, '-t', target, ';', 'display-message', whatThisIs(context, attach)], {
      stdio: 'inherit',
    });
  if (!attach.control) return sayEnd(context, attach, await ended(show(['-r'])));
  let lose = (): void => undefined;
  let lost = '';
  const keyboard = await localKeyboard(context, attach, (reason) => {
    lost = reason;
    lose();
  });
  try {
    // A size that somebody gave it elsewhere gives way to that of this terminal.
    spawnSync('tmux', [...tmux, 'set-option', '-w', '-u', '-t', `${target}:`, 'window-size'], { stdio: 'ignore' });
    const child = show([]);
    lose = () => void child.kill('SIGHUP');
    const code = await ended(child);
    if (lost === '') return sayEnd(context, attach, code);
    context.terminal.say(`Detached: ${lost}. Look at it with \`tutti session attach ${attach.session_id}\`.`);
    return 0;
  } finally {
    await keyboard.release();
  }
}

/** What is shown for a moment at the bottom: nothing else tells a live terminal from one's own, or the way out of it. */
function whatThisIs({ env }: CliContext, { session_id, control }: RemoteAttach): string {
  // The first one of two goes to the tmux around this one.
  const leaves = `${env['TMUX'] === undefined ? 'Ctrl-b d' : 'Ctrl-b Ctrl-b d'} leaves, and it goes on`;
  return control ? `You type into ${session_id}: ${leaves}` : `Only looking at ${session_id}: ${leaves}; --control types`;
}

/** A session that is there no more has ended; how, its host has reported. */
function sayEnd(context: CliContext, { session_id }: RemoteAttach, code: number): number {
  if (code === 0 && localSocket(context, session_id) === null)
    context.terminal.say(`${session_id} has ended; tutti session process ${session_id} says how.`);
  return code;
}

function ended(child: ReturnType<typeof spawn>): Promise<number> {
  return new Promise((resolve) => {
    child.once('error', () => resolve(1));
    child.once('exit', (code) => resolve(code ?? 0));
  });
}

/** The keyboard, as the others know of it; without a server, or a terminal there, nobody else has it. Throws `terminal_taken`. */
async function localKeyboard(
  context: CliContext,
  attach: RemoteAttach,
  onLost: (reason: string) => void,
): Promise<{ release: () => Promise<void> }> {
  let client: LiveClient | null = null;
  try {
    client = await (await context.connect()).live();
    const { release } = await takeKeyboard(client, { ...attach, onLost });
    const connected = client;
    return {
      release: async () => {
        await release();
        connected.close();
      },
    };
  } catch (error) {
    client?.close();
    if (error instanceof Failure && error.code === 'terminal_taken') throw error;
    return { release: () => Promise.resolve() };
  }
}

/** The tmux server of this data folder, when the session is in it. */
function localSocket({ from, env, globals }: CliContext, id: string): string | null {
  const socket = terminalSocket(join(chooseDataFolder({ from, env, flag: globals.data }), 'host'));
  const { status } = spawnSync('tmux', ['-L', socket, 'has-session', '-t', `=${terminalName(id)}`], { stdio: 'ignore' });
  return status === 0 ? socket : null;
}
