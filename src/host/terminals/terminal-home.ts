/**
 * The port of terminals in which a host's sessions live: what starts them, sees them, shows them and ends them.
 */
import type { Failure } from '../../contract/failure.ts';
import type { ScreenChange, StyledLine, TerminalScreen } from '../../contract/views/terminal-view.ts';
import type { SeenSession } from '../supervision/reconcile.ts';

/** What is started in a terminal. */
export interface TerminalSession {
  readonly id: string;
  readonly command: readonly [string, ...string[]];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** A session as its terminal shows it. */
export interface TerminalSeen extends SeenSession {
  readonly pid: number;
  /** The first process of its tree: the program, or a shell above it. */
  readonly root: number;
  readonly signal: number | null;
}

/** What uses a terminal. */
export interface TerminalUse {
  /** What changes while it is watched: the whole screen first. */
  readonly onChange: (change: ScreenChange) => void;
  /** It can be used no more. */
  readonly onEnd: () => void;
}

/** The screen, the keyboard and the size of one session. */
export interface LiveTerminal {
  /** The screen now, and so many lines above it. */
  show(history: number): Promise<{ screen: TerminalScreen; history: StyledLine[] }>;
  /** Begins to tell what changes, from the whole screen on. */
  watch(): void;
  /** Tells no more. */
  unwatch(): void;
  /** Types. */
  type(data: string): Promise<void>;
  /** Changes the size. */
  resize(columns: number, rows: number): Promise<void>;
  /** Lets go of it; the session goes on. */
  close(): void;
}

/** The terminals of one data folder. */
export interface TerminalHome {
  /** Its sessions go on without us, and who comes later finds them again. */
  readonly outlivesHost: boolean;
  /** Why its sessions cannot be seen, started and ended now; null as a rule. They go on meanwhile. */
  readonly trouble: Failure | null;
  /** Starts one; resolves once its program is there. Throws `session_not_started`, and what is its `trouble`. */
  start(session: TerminalSession): Promise<void>;
  list(): Promise<TerminalSeen[]>;
  /** The screen and what scrolled off it, plain text, at most so many lines. */
  screen(id: string, lines: number): Promise<string>;
  /** Ends it with its whole process tree: gently, then by force; the pids that survived. */
  stop(id: string, grace_ms: number): Promise<readonly number[]>;
  /** Its screen and keyboard. */
  open(id: string, use: TerminalUse): LiveTerminal;
}

/** In the environment of everything that runs in a session: the session, and whose it is: ids are each project's own. */
export function marksOf(place: string, id: string): Readonly<Record<string, string>> {
  return { TUTTI_HOSTED: id, TUTTI_TERMINAL: `${place}/${id}` };
}

/** By which the processes of a session are known. */
export function markOf(place: string, id: string): string {
  return `TUTTI_TERMINAL=${place}/${id}\0`;
}

/** No process has this number. */
export const NOBODY = -1;

/** The size of a terminal that nobody has changed. */
export const FIRST_SIZE = { columns: 200, rows: 50 } as const;
/** Lines above the screen that a terminal keeps. */
export const KEPT_LINES = 5000;
