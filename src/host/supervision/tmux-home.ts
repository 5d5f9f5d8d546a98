/**
 * tmux as the home of sessions: each has a terminal that outlives us, can be attached to, and shows its last screen.
 * Invariants: a session is started at most once under its name (tmux refuses a second one); nothing of our environment
 * reaches it but what it is given; what has ended keeps its screen until it is collected.
 */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sessionOfTerminal, terminalName, terminalSocket } from '../../config/terminal-socket.ts';
import { Failure, reasonOf } from '../../contract/failure.ts';
import { endTree } from '../../runners/process/process-tree.ts';
import { type ProcessEnd, systemProcesses, unreapedEnd } from '../../runners/process/process-table.ts';
import type { SeenSession } from './reconcile.ts';

/** What is started in a terminal. */
export interface TerminalSession {
  readonly id: string;
  readonly command: readonly [string, ...string[]];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Address space in MiB; null: as much as there is. */
  readonly memory_mb: number | null;
  /** CPU time in seconds; null: as much as it likes. */
  readonly cpu_seconds: number | null;
}

/** A session as tmux shows it. */
export interface TerminalSeen extends SeenSession {
  readonly pid: number;
  readonly signal: number | null;
}

/** The terminals of one data folder. */
export interface TerminalHome {
  /** Starts one. Throws `session_not_started`. */
  start(session: TerminalSession): Promise<void>;
  list(): Promise<TerminalSeen[]>;
  /** The screen and what scrolled off it, plain text, at most so many lines. */
  screen(id: string, lines: number): Promise<string>;
  /** Ends it with its whole process tree: gently, then by force; the pids that survived. */
  stop(id: string, grace_ms: number): Promise<readonly number[]>;
  /** Forgets one that has ended. */
  remove(id: string): Promise<void>;
}

const MARK = 'TUTTI_HOSTED';
const SETTINGS = ['set -g remain-on-exit on', 'set -g status off', 'set -g history-limit 5000', "set -g default-terminal 'tmux-256color'"];
const FORMAT = ['#{session_name}', '#{pane_pid}', '#{pane_dead}', '#{pane_dead_status}', '#{pane_dead_signal}', '#{session_created}'].join(
  ' ',
);

/** Opens the home; its tmux server starts with the first session. */
export async function openTmuxHome(dataFolder: string, environment: Readonly<Record<string, string>>): Promise<TerminalHome> {
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const settings = join(dataFolder, 'tmux.conf');
  await writeFile(settings, `${SETTINGS.join('\n')}\n`);
  const socket = terminalSocket(dataFolder);
  const tmux = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)('tmux', ['-u', '-L', socket, '-f', settings, ...args], {
      env: { ...environment },
      maxBuffer: 8 * 1024 * 1024,
    });
    return stdout;
  };
  const list = async (): Promise<TerminalSeen[]> => {
    const text = await tmux('list-panes', '-a', '-F', FORMAT).catch(() => '');
    return text.split('\n').flatMap(readLine);
  };
  const target = (id: string): string => `=${terminalName(id)}:`;
  return {
    list,
    async start(session) {
      const variables = Object.entries({ ...session.environment, [MARK]: session.id }).flatMap(([name, value]) => [
        '-e',
        `${name}=${value}`,
      ]);
      const size = ['-x', '200', '-y', '50'];
      try {
        await tmux(
          'new-session',
          '-d',
          '-s',
          terminalName(session.id),
          ...size,
          '-c',
          session.folder,
          ...variables,
          '--',
          ...limited(session),
        );
      } catch (error) {
        throw new Failure('session_not_started', { session_id: session.id, reason: reasonOf(error).trim() }, error);
      }
    },
    async screen(id, lines) {
      const text = await tmux('capture-pane', '-p', '-J', '-S', `-${lines}`, '-t', target(id)).catch(() => '');
      // Below what a program wrote tmux says that it ended, at the bottom of the screen.
      const written = text
        .trimEnd()
        .replace(/\n*Pane is dead \([^\n]*\)$/, '')
        .trimEnd();
      return written.split('\n').slice(-lines).join('\n');
    },
    async stop(id, grace_ms) {
      const found = (await list()).find((each) => each.id === id);
      if (found === undefined) return [];
      const processes = systemProcesses();
      const root = { pid: found.pid, started: processes.started(found.pid), mark: `${MARK}=${id}\0`, pipes: [] };
      const survivors = found.alive ? await endTree(root, grace_ms, processes) : [];
      await tmux('kill-session', '-t', target(id)).catch(() => '');
      return survivors;
    },
    async remove(id) {
      await tmux('kill-session', '-t', target(id)).catch(() => '');
    },
  };
}

/** The command, below its limits. */
function limited({ command, memory_mb, cpu_seconds }: TerminalSession): readonly string[] {
  const limits = [memory_mb === null ? '' : `ulimit -v ${memory_mb * 1024}`, cpu_seconds === null ? '' : `ulimit -t ${cpu_seconds}`];
  const set = limits.filter((each) => each !== '');
  return set.length === 0 ? command : ['/bin/sh', '-c', `${set.join(' && ')} && exec "$@"`, 'sh', ...command];
}

function readLine(line: string): TerminalSeen[] {
  const [name, shown, dead, status, signal, created] = line.split(' ');
  if (name === undefined || name === '' || shown === undefined) return [];
  const pid = Number(shown);
  const end = dead === '1' ? endOf(pid, { exit_code: numberIn(status), signal: numberIn(signal) }) : null;
  const { exit_code, signal: by } = end ?? { exit_code: null, signal: null };
  return [{ id: sessionOfTerminal(name), pid, alive: end === null, exit_code, signal: by, started_at: Number(created) * 1_000 }];
}

/**
 * How a process ended whose terminal is closed; null when it lives on. The terminal closes a moment before tmux knows, and
 * now and then tmux never asks.
 */
function endOf(pid: number, told: ProcessEnd): ProcessEnd | null {
  if (told.exit_code !== null || told.signal !== null) return told;
  return systemProcesses().started(pid) === null ? (unreapedEnd(pid) ?? told) : null;
}

function numberIn(text: string | undefined): number | null {
  return text === undefined || text === '' ? null : Number(text);
}
