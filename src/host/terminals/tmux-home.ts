/**
 * tmux as the home of sessions: each has a terminal that outlives us, can be attached to, and shows its last screen.
 * Invariants: a session is started at most once under its name (tmux refuses a second one); nothing of our environment
 * reaches it but what it is given; what has ended keeps its screen, up to the last word, until it is collected. While tmux
 * cannot be called, its sessions are taken to be as they were.
 */
import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { pause } from '../../client/pause.ts';
import { sessionOfTerminal, terminalName, terminalSocket } from '../../config/terminal-socket.ts';
import { Failure, reasonOf } from '../../contract/failure.ts';
import type { Clock } from '../../contract/ports.ts';
import { firstChild, type ProcessEnd, systemProcesses, unreapedEnd } from '../../runners/process/process-table.ts';
import { endTree } from '../../runners/process/process-tree.ts';
import { commandBeforeEnd, endOfShell } from './program-command.ts';
import { noteTmuxServer } from './tmux-server.ts';
import {
  FIRST_SIZE,
  KEPT_LINES,
  markOf,
  marksOf,
  NOBODY,
  type TerminalHome,
  type TerminalSeen,
  type TerminalSession,
} from './terminal-home.ts';
import { TmuxTerminal } from './tmux-terminal.ts';

const SETTINGS = [
  'set -g remain-on-exit on',
  "set -gq remain-on-exit-format ''",
  'set -g status off',
  'set -g display-time 4000',
  `set -g history-limit ${KEPT_LINES}`,
  "set -g default-terminal 'tmux-256color'",
];
const FORMAT = ['session_name', 'pane_pid', 'pane_dead', 'pane_dead_status', 'pane_dead_signal', 'session_created']
  .map((name) => `#{${name}}`)
  .join(' ');
/** The program is there a moment after its shell. */
const LOOK_AGAIN_MS = 2;
const LOOKS = 100;

/** Opens the home; its tmux server starts with the first session. */
export async function openTmuxHome(dataFolder: string, environment: Readonly<Record<string, string>>, clock: Clock): Promise<TerminalHome> {
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const settings = join(dataFolder, 'tmux.conf');
  await writeFile(settings, `${SETTINGS.join('\n')}\n`);
  return new TmuxHome({ folder: resolve(dataFolder), socket: terminalSocket(dataFolder), settings, environment, clock });
}

interface TmuxHomeOptions {
  /** The data folder. */
  readonly folder: string;
  readonly socket: string;
  readonly settings: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: Clock;
}

class TmuxHome implements TerminalHome {
  readonly outlivesHost = true;
  readonly #options: TmuxHomeOptions;
  /** The program of each shell. */
  readonly #programs = new Map<number, number>();
  readonly #starting = new Set<string>();
  #listed = '';
  #missing = false;

  constructor(options: TmuxHomeOptions) {
    this.#options = options;
  }

  get trouble(): Failure | null {
    return this.#missing ? new Failure('tmux_missing', { folder: this.#options.folder }) : null;
  }

  async start(session: TerminalSession): Promise<void> {
    const { id, folder, environment } = session;
    const variables = this.#variables(id);
    const marks = marksOf(this.#options.socket, id);
    const size = ['-x', String(FIRST_SIZE.columns), '-y', String(FIRST_SIZE.rows)];
    const place = ['-d', '-s', terminalName(id), ...size, '-c', folder];
    this.#starting.add(id);
    try {
      await writeFile(variables, shellVariables({ ...environment, ...marks }), { mode: 0o600 });
      const command = ['/bin/sh', '-c', '. "$0" && exec "$@"', variables, ...commandBeforeEnd(session.command)];
      const made = await this.#tmux('new-session', '-P', '-F', '#{pane_pid} #{pid}', ...place, '--', ...command);
      const [shell = 0, server = 0] = made.split(' ').map(Number);
      await noteTmuxServer(this.#options.folder, server);
      this.#programs.set(shell, await this.#programBelow(shell));
    } catch (error) {
      if (this.#missing) throw new Failure('tmux_missing', { folder: this.#options.folder }, error);
      throw new Failure('session_not_started', { session_id: id, reason: reasonOf(error).trim() }, error);
    } finally {
      this.#starting.delete(id);
    }
  }

  list(): Promise<TerminalSeen[]> {
    return this.#list();
  }

  async screen(id: string, lines: number): Promise<string> {
    const text = await this.#tmux('capture-pane', '-p', '-J', '-S', `-${lines}`, '-t', target(id)).catch(() => '');
    return text.trimEnd().split('\n').slice(-lines).join('\n');
  }

  async stop(id: string, grace_ms: number): Promise<readonly number[]> {
    const found = (await this.#list()).find((each) => each.id === id);
    if (found === undefined) return [];
    const processes = systemProcesses();
    // Of a shell that has ended the number may be another's by now: what it left behind is known by its mark alone.
    const pid = found.alive ? found.root : NOBODY;
    const root = { pid, started: processes.started(pid), mark: markOf(this.#options.socket, id), pipes: [] };
    const survivors = await endTree(root, grace_ms, processes);
    await this.#tmux('kill-session', '-t', target(id)).catch(() => '');
    await rm(this.#variables(id), { force: true });
    return survivors;
  }

  open(id: string, use: Parameters<TerminalHome['open']>[1]): TmuxTerminal {
    const { socket, environment, clock } = this.#options;
    return new TmuxTerminal({ session_id: id, place: { socket, name: terminalName(id), environment }, clock, ...use });
  }

  /** The file of a session's variables: tmux would keep them among its arguments, which every process of the machine can read. */
  #variables(id: string): string {
    return join(this.#options.folder, `${terminalName(id)}.env`);
  }

  async #tmux(...args: readonly string[]): Promise<string> {
    const { socket, settings, environment } = this.#options;
    const options = { env: { ...environment }, maxBuffer: 8 * 1024 * 1024 };
    try {
      const { stdout } = await promisify(execFile)('tmux', ['-u', '-L', socket, '-f', settings, ...args], options);
      this.#missing = false;
      return stdout;
    } catch (error) {
      this.#missing = problemOf(error) === 'missing';
      throw error;
    }
  }

  async #list(): Promise<TerminalSeen[]> {
    // When the system has no process left to ask with, they are taken to be as they were.
    const listed = await this.#tmux('list-panes', '-a', '-F', FORMAT).catch((error: unknown) => problemOf(error));
    if (listed !== 'missing' && listed !== 'passing') this.#listed = listed === 'none' ? '' : listed;
    const panes = this.#listed.split('\n').flatMap((line) => this.#readLine(line));
    const shells = new Set(panes.map(({ root }) => root));
    if (this.#starting.size === 0) for (const shell of this.#programs.keys()) if (!shells.has(shell)) this.#programs.delete(shell);
    return panes;
  }

  #readLine(line: string): TerminalSeen[] {
    const [name, shown, dead, status, by, created] = line.split(' ');
    if (name === undefined || name === '' || shown === undefined) return [];
    const id = sessionOfTerminal(name);
    if (this.#starting.has(id)) return [];
    const shell = Number(shown);
    const end = dead === '1' ? endOf(shell, { exit_code: numberIn(status), signal: numberIn(by) }) : null;
    const pid = this.#programs.get(shell) ?? firstChild(shell) ?? shell;
    this.#programs.set(shell, pid);
    const { exit_code, signal } = end === null ? { exit_code: null, signal: null } : endOfShell(end);
    return [{ id, pid, root: shell, alive: end === null, exit_code, signal, started_at: Number(created) * 1_000 }];
  }

  /** The program of a shell, as soon as it is there; the shell itself where that cannot be seen. */
  async #programBelow(shell: number): Promise<number> {
    const never = new AbortController().signal;
    for (let look = 0; look < LOOKS && systemProcesses().started(shell) !== null; look += 1) {
      const program = firstChild(shell);
      if (program !== null) return program;
      await pause(this.#options.clock, LOOK_AGAIN_MS, never);
    }
    return shell;
  }
}

function target(id: string): string {
  return `=${terminalName(id)}:`;
}

/** Variables as a shell reads them; names that it cannot have are left out. */
function shellVariables(environment: Readonly<Record<string, string>>): string {
  const named = Object.entries(environment).filter(([name]) => /^[A-Za-z_]\w*$/.test(name));
  return named.map(([name, value]) => `export ${name}='${value.replaceAll("'", String.raw`'\''`)}'\n`).join('');
}

/** Why tmux says nothing: it has no sessions, the system could not ask it, or there is no tmux any more. */
function problemOf(error: unknown): 'none' | 'passing' | 'missing' {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT') return 'missing';
  return ['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM'].includes(code) ? 'passing' : 'none';
}

/** How a shell ended whose terminal is closed; null while it lives: it ends a moment after its terminal. */
function endOf(shell: number, told: ProcessEnd): ProcessEnd | null {
  if (told.exit_code !== null || told.signal !== null) return told;
  return systemProcesses().started(shell) === null ? (unreapedEnd(shell) ?? told) : null;
}

function numberIn(text: string | undefined): number | null {
  return text === undefined || text === '' ? null : Number(text);
}
