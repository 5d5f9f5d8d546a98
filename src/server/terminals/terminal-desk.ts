/**
 * The terminals that hosts offer to one swarm: who has them, who watches them, what their screens show. It only relays:
 * programs' output was interpreted by the host, and nothing of it is kept but the newest screen of what is watched.
 * Invariant: a host works for a terminal only while somebody watches it; of two offers of one terminal the later counts.
 */
import type { z } from 'zod';
import { Failure } from '../../contract/failure.ts';
import type { OfferedTerminal, OrderFrame, servedFrame } from '../../contract/terminal-frames.ts';
import type { ScreenChange, StyledLine, TerminalScreen } from '../../contract/views/terminal-view.ts';
import type { SwarmEngine } from '../../engine/swarm-engine.ts';

/** What a host is to do. */
export type TerminalOrder = OrderFrame['do'];
/** How that went. */
export type OrderOutcome = Pick<z.output<typeof servedFrame>, 'screen' | 'history'>;

/** A host, as its connection lets it be reached. */
export interface TerminalHost {
  readonly name: string;
  /** Rejects with `terminal_away`. */
  order(sessionId: string, order: TerminalOrder): Promise<OrderOutcome>;
}

/** Somebody who watches. */
export interface TerminalViewer {
  /** These rows changed; null: everything. */
  changed(sessionId: string, rows: readonly number[] | null): void;
  /** There is nothing to watch any more. */
  gone(sessionId: string, failure: Failure): void;
}

/** A terminal that a host offers. */
export interface RelayedTerminal extends OfferedTerminal {
  readonly host: TerminalHost;
  readonly viewers: Set<TerminalViewer>;
  /** What it shows, while it is watched. */
  screen: TerminalScreen | null;
}

/** The desks of the swarms of a server. */
export class TerminalDesks {
  readonly #desks = new WeakMap<SwarmEngine, TerminalDesk>();

  /** The desk of a swarm. */
  of(engine: SwarmEngine): TerminalDesk {
    const desk = this.#desks.get(engine) ?? new TerminalDesk(engine);
    this.#desks.set(engine, desk);
    return desk;
  }
}

/** The terminals of one swarm. */
export class TerminalDesk {
  readonly engine: SwarmEngine;
  readonly #terminals = new Map<string, RelayedTerminal>();

  constructor(engine: SwarmEngine) {
    this.engine = engine;
  }

  /** Every terminal, by session. */
  get terminals(): ReadonlyMap<string, RelayedTerminal> {
    return this.#terminals;
  }

  /** A host has these terminals now, and no others. Who watches one that another host had goes on with this one. */
  offer(host: TerminalHost, offered: readonly OfferedTerminal[]): void {
    const ids = new Set(offered.map(({ session_id }) => session_id));
    for (const terminal of this.#terminals.values()) if (terminal.host === host && !ids.has(terminal.session_id)) this.#end(terminal);
    for (const each of offered) {
      const known = this.#terminals.get(each.session_id);
      if (known !== undefined && known.host === host && known.pid === each.pid && known.started_at === each.started_at) continue;
      const viewers = known?.viewers ?? new Set();
      this.#terminals.set(each.session_id, { ...each, host, viewers, screen: null });
      if (viewers.size > 0) this.#tell(host, each.session_id, { what: 'watch' });
    }
  }

  /** A host is gone, with what it offered. */
  leave(host: TerminalHost): void {
    for (const terminal of this.#terminals.values()) if (terminal.host === host) this.#end(terminal);
  }

  /** Takes what changed of a screen; of a terminal that is not this host's it is left out. */
  show(host: TerminalHost, change: ScreenChange): void {
    const terminal = this.#terminals.get(change.session_id);
    if (terminal === undefined || terminal.host !== host || terminal.viewers.size === 0) return;
    const before = terminal.screen;
    const afresh = change.full || before === null || before.rows !== change.rows || before.columns !== change.columns;
    if (afresh && !change.full) {
      // The screen to which this belongs never came: who watches would see nothing, or too little, until something changes.
      this.#tell(host, change.session_id, { what: 'watch' });
      return;
    }
    const lines: StyledLine[] = afresh ? Array.from({ length: change.rows }, () => []) : [...before.lines];
    for (const { row, line } of change.lines) if (row < change.rows) lines[row] = line;
    terminal.screen = { columns: change.columns, rows: change.rows, cursor: change.cursor, lines };
    const rows = afresh ? null : change.lines.map(({ row }) => row);
    for (const viewer of terminal.viewers) viewer.changed(change.session_id, rows);
  }

  /** Begins to watch. Throws `terminal_unknown`. */
  watch(sessionId: string, viewer: TerminalViewer): void {
    const terminal = this.named(sessionId);
    const first = terminal.viewers.size === 0;
    terminal.viewers.add(viewer);
    if (first) this.#tell(terminal.host, sessionId, { what: 'watch' });
    else if (terminal.screen !== null) viewer.changed(sessionId, null);
  }

  /** Ends it. */
  unwatch(sessionId: string, viewer: TerminalViewer): void {
    const terminal = this.#terminals.get(sessionId);
    if (terminal === undefined || !terminal.viewers.delete(viewer) || terminal.viewers.size > 0) return;
    terminal.screen = null;
    this.#tell(terminal.host, sessionId, { what: 'unwatch' });
  }

  /** The terminal of a session. Throws `terminal_unknown`. */
  named(sessionId: string): RelayedTerminal {
    const terminal = this.#terminals.get(sessionId);
    if (terminal === undefined) throw new Failure('terminal_unknown', { session_id: sessionId });
    return terminal;
  }

  /** A host that is gone meanwhile says so itself. */
  #tell(host: TerminalHost, sessionId: string, order: TerminalOrder): void {
    host.order(sessionId, order).catch(() => undefined);
  }

  #end(terminal: RelayedTerminal): void {
    const { session_id, viewers } = terminal;
    this.#terminals.delete(session_id);
    for (const viewer of viewers) viewer.gone(session_id, new Failure('terminal_unknown', { session_id }));
  }
}
