/**
 * The terminals that a live client watches: asked for anew on every connection.
 * Invariant: a handler is given whole screens; what the server sends as changes is put together here.
 */
import type { Failure } from '../contract/failure.ts';
import type { Clock } from '../contract/ports.ts';
import type { ScreenChange, TerminalScreen } from '../contract/views/terminal-view.ts';
import type { ReceivedFrame } from './live-socket.ts';
import { failureFrom, isObject } from './read-answer.ts';

/** What happens to a terminal that is watched. Handlers must not throw. */
export interface TerminalHandlers {
  /** What it shows now, and the rows that changed since the last time; null: all. */
  readonly onScreen: (screen: TerminalScreen, rows: readonly number[] | null) => void;
  /** It cannot be watched at the moment; it is asked for again. */
  readonly onGone: (failure: Failure) => void;
}

interface WatchedTerminal extends TerminalHandlers {
  readonly session_id: string;
  screen: TerminalScreen | null;
}

/** What watching needs. */
export interface WatchedTerminalsOptions {
  readonly clock: Clock;
  /** Pause before a terminal that is not there is asked for again, in ms. */
  readonly pauseMs: number;
  readonly isOnline: () => boolean;
  readonly send: (text: string) => void;
}

/** The terminals that a live client watches. */
export class WatchedTerminals {
  readonly #options: WatchedTerminalsOptions;
  readonly #watched = new Map<string, WatchedTerminal>();

  constructor(options: WatchedTerminalsOptions) {
    this.#options = options;
  }

  /** Begins to watch, in place of an earlier watching of the same terminal. Returns how to stop. */
  add(session_id: string, handlers: TerminalHandlers): () => void {
    const watched: WatchedTerminal = { ...handlers, session_id, screen: null };
    this.#watched.set(session_id, watched);
    this.#tell('watch', session_id);
    return () => {
      if (this.#watched.get(session_id) !== watched) return;
      this.#watched.delete(session_id);
      this.#tell('unwatch', session_id);
    };
  }

  /** The connection is there: every terminal is asked for again. */
  online(): void {
    for (const id of this.#watched.keys()) this.#tell('watch', id);
  }

  /** Takes a frame of a terminal. */
  receive(frame: ReceivedFrame): void {
    const watched = this.#watched.get(String(frame['session_id']));
    if (watched === undefined) return;
    if (frame['type'] === 'screen') this.#change(watched, frame as unknown as ScreenChange);
    else if (isObject(frame['error'])) this.#gone(watched, failureFrom(frame['error']));
  }

  #change(watched: WatchedTerminal, { full, columns, rows, cursor, lines: changed }: ScreenChange): void {
    if (!full && watched.screen === null) return;
    const lines = full ? Array.from({ length: rows }, (): TerminalScreen['lines'][number] => []) : [...(watched.screen?.lines ?? [])];
    for (const { row, line } of changed) if (row < rows) lines[row] = line;
    watched.screen = { columns, rows, cursor, lines };
    watched.onScreen(watched.screen, full ? null : changed.map(({ row }) => row));
  }

  #gone(watched: WatchedTerminal, failure: Failure): void {
    watched.screen = null;
    this.#options.clock.after(this.#options.pauseMs, () => {
      if (this.#watched.get(watched.session_id) === watched && watched.screen === null) this.#tell('watch', watched.session_id);
    });
    watched.onGone(failure);
  }

  #tell(type: 'watch' | 'unwatch', session_id: string): void {
    if (this.#options.isOnline()) this.#options.send(JSON.stringify({ type, session_id }));
  }
}
