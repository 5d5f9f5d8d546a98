/**
 * Terminals of this process as the home of sessions, where there is no tmux. They end with the host, which therefore ends
 * them itself; when it was killed, the system tells them so (SIGHUP), and whoever does not listen to that is ended before
 * the next host starts anything. Invariant: a session runs at most once.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { terminalSocket } from '../../config/terminal-socket.ts';
import { Failure, reasonOf } from '../../contract/failure.ts';
import type { Clock } from '../../contract/ports.ts';
import { systemProcesses } from '../../runners/process/process-table.ts';
import { endTree } from '../../runners/process/process-tree.ts';
import { PtySession } from './pty-session.ts';
import { PtyTerminal } from './pty-terminal.ts';
import {
  FIRST_SIZE,
  marksOf,
  markOf,
  NOBODY,
  type LiveTerminal,
  type TerminalHome,
  type TerminalSeen,
  type TerminalSession,
  type TerminalUse,
} from './terminal-home.ts';

const leftover = z.array(z.object({ id: z.string(), pid: z.int(), started: z.string() }));

interface PtyHomeOptions {
  readonly place: string;
  /** Names what runs, for the next host. */
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: Clock;
}

/** Opens the home, and ends what a host that was killed has left. */
export async function openPtyHome(dataFolder: string, environment: Readonly<Record<string, string>>, clock: Clock): Promise<TerminalHome> {
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const options = { place: terminalSocket(dataFolder), file: join(dataFolder, 'terminals.json'), environment, clock };
  await endLeftovers(options);
  return new PtyHome(options);
}

class PtyHome implements TerminalHome {
  readonly outlivesHost = false;
  readonly trouble = null;
  readonly #options: PtyHomeOptions;
  readonly #sessions = new Map<string, { readonly session: PtySession; readonly started_at: number }>();

  constructor(options: PtyHomeOptions) {
    this.#options = options;
  }

  async start(wanted: TerminalSession): Promise<void> {
    const { id, folder, command } = wanted;
    const { environment, clock, place } = this.#options;
    try {
      if (this.#sessions.has(id)) throw new Error('it runs already');
      const { spawn } = await import('@lydell/node-pty');
      const [file, ...args] = command;
      const env = { ...environment, ...wanted.environment, ...marksOf(place, id) };
      const size = { cols: FIRST_SIZE.columns, rows: FIRST_SIZE.rows };
      const session = new PtySession(spawn(file, args, { name: 'xterm-256color', ...size, cwd: folder, env }));
      this.#sessions.set(id, { session, started_at: clock.now() });
      await this.#note();
    } catch (error) {
      throw new Failure('session_not_started', { session_id: id, reason: reasonOf(error).trim() }, error);
    }
  }

  list(): Promise<TerminalSeen[]> {
    const seen = Array.from(this.#sessions, ([id, { session, started_at }]) => {
      const { exit_code, signal } = session.end ?? { exit_code: null, signal: null };
      return { id, pid: session.pid, root: session.pid, alive: session.end === null, exit_code, signal, started_at };
    });
    return Promise.resolve(seen);
  }

  screen(id: string, lines: number): Promise<string> {
    const text = this.#sessions.get(id)?.session.text() ?? '';
    return Promise.resolve(text.split('\n').slice(-lines).join('\n'));
  }

  async stop(id: string, grace_ms: number): Promise<readonly number[]> {
    const found = this.#sessions.get(id);
    if (found === undefined) return [];
    const { session } = found;
    const processes = systemProcesses();
    const pid = session.end === null ? session.pid : NOBODY;
    const root = { pid, started: processes.started(pid), mark: markOf(this.#options.place, id), pipes: [] };
    const survivors = await endTree(root, grace_ms, processes);
    if (survivors.length === 0) await session.ended;
    this.#sessions.delete(id);
    session.dispose();
    await this.#note();
    return survivors;
  }

  open(id: string, use: TerminalUse): LiveTerminal {
    const found = this.#sessions.get(id);
    if (found === undefined) throw new Failure('session_not_hosted', { session_id: id });
    return new PtyTerminal({ session_id: id, session: found.session, clock: this.#options.clock, ...use });
  }

  async #note(): Promise<void> {
    const processes = systemProcesses();
    const running = Array.from(this.#sessions, ([id, { session }]) => ({ id, pid: session.pid, started: processes.started(session.pid) }));
    await writeFile(this.#options.file, JSON.stringify(running.filter(({ started }) => started !== null)));
  }
}

const GRACE_MS = 1_000;

async function endLeftovers({ file, place }: PtyHomeOptions): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => '[]');
  const known = leftover.safeParse(parsed(text)).data ?? [];
  const processes = systemProcesses();
  const isThere = ({ pid, started }: { readonly pid: number; readonly started: string }): boolean => processes.started(pid) === started;
  const ended = known
    .filter(isThere)
    .map(({ id, ...root }) => endTree({ ...root, mark: markOf(place, id), pipes: [] }, GRACE_MS, processes));
  await Promise.all(ended);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return [];
  }
}
