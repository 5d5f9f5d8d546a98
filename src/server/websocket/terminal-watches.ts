/**
 * The terminals that one connection watches. Invariant: what is sent is the newest; a reader that is behind gets the lines
 * that changed meanwhile once, in one frame.
 */
import { Failure } from '../../contract/failure.ts';
import type { ServerFrame } from '../../contract/websocket.ts';
import { asFailure, problemOf } from '../problem.ts';
import type { TerminalDesk, TerminalViewer } from '../terminals/terminal-desk.ts';

/** What watching needs. */
export interface TerminalWatchesOptions {
  readonly desk: TerminalDesk;
  readonly hasRoom: () => boolean;
  readonly send: (frame: ServerFrame) => void;
  /** The most terminals. */
  readonly bound: number;
}

/** The terminals that one connection watches. */
export class TerminalWatches implements TerminalViewer {
  readonly #options: TerminalWatchesOptions;
  /** Session → the rows to be sent; null: all of them. */
  readonly #watched = new Map<string, Set<number> | null>();

  constructor(options: TerminalWatchesOptions) {
    this.#options = options;
  }

  /** Begins to watch; watching again begins anew. */
  watch(sessionId: string): void {
    this.#drop(sessionId);
    const { desk, bound } = this.#options;
    try {
      if (this.#watched.size >= bound) {
        throw new Failure('too_many_requests', { reason: `a connection watches at most ${bound} terminals`, retry_after: 1 });
      }
      this.#watched.set(sessionId, new Set());
      desk.watch(sessionId, this);
    } catch (error) {
      this.gone(sessionId, asFailure(error));
    }
  }

  /** Ends it. */
  unwatch(sessionId: string): void {
    this.#drop(sessionId);
    this.#options.send({ type: 'unwatched', session_id: sessionId });
  }

  changed(sessionId: string, rows: readonly number[] | null): void {
    const dirty = this.#watched.get(sessionId);
    if (dirty === undefined) return;
    if (rows === null) this.#watched.set(sessionId, null);
    else if (dirty !== null) for (const row of rows) dirty.add(row);
    this.#send(sessionId, true);
  }

  gone(sessionId: string, failure: Failure): void {
    this.#watched.delete(sessionId);
    this.#options.send({ type: 'unwatched', session_id: sessionId, error: problemOf(failure) });
  }

  /** There is room again. */
  flush(): void {
    for (const [sessionId, dirty] of this.#watched) if (dirty === null || dirty.size > 0) this.#send(sessionId, false);
  }

  /** The connection is gone. */
  end(): void {
    for (const sessionId of this.#watched.keys()) this.#drop(sessionId);
  }

  #send(session_id: string, moved: boolean): void {
    const { desk, hasRoom, send } = this.#options;
    const dirty = this.#watched.get(session_id);
    const screen = desk.terminals.get(session_id)?.screen ?? null;
    if (dirty === undefined || screen === null || !hasRoom()) {
      // A cursor that moved alone must be sent later, too.
      if (moved && dirty !== undefined && dirty !== null) dirty.add(screen?.cursor.row ?? 0);
      return;
    }
    this.#watched.set(session_id, new Set());
    const rows = dirty === null ? screen.lines.keys() : dirty;
    const lines = Array.from(rows).flatMap((row) => (screen.lines[row] === undefined ? [] : [{ row, line: screen.lines[row] }]));
    const { columns, cursor } = screen;
    send({ type: 'screen', session_id, full: dirty === null, columns, rows: screen.rows, cursor, lines });
  }

  #drop(sessionId: string): void {
    if (this.#watched.delete(sessionId)) this.#options.desk.unwatch(sessionId, this);
  }
}
