/**
 * The terminals of a host at the server: offers those that live, and does what the server asks for.
 * Invariant: a terminal costs something only while somebody looks at it; nothing here ends a session.
 */
import type { TerminalAnswer, TerminalOffering } from '../../client/terminal-offering.ts';
import type { LiveClient } from '../../client/live-client.ts';
import type { CancelTimer, Clock } from '../../contract/ports.ts';
import type { OrderFrame } from '../../contract/terminal-frames.ts';
import type { LiveTerminal, TerminalHome, TerminalSeen } from './terminal-home.ts';

/** What offering needs. */
export interface TerminalOffersOptions {
  readonly client: LiveClient;
  /** Name of this machine. */
  readonly host: string;
  readonly home: TerminalHome;
  readonly clock: Clock;
}

/** A terminal that nobody uses is let go of after this long. */
const KEEP_MS = 10_000;
/** Pause before the line to a terminal that is watched is made anew. */
const REOPEN_MS = 500;

interface OpenTerminal {
  readonly terminal: LiveTerminal;
  watched: boolean;
  letGo: CancelTimer;
}

/** The terminals of a host at the server. */
export class TerminalOffers {
  readonly #options: TerminalOffersOptions;
  readonly #offering: TerminalOffering;
  readonly #open = new Map<string, OpenTerminal>();
  #told = '';
  #offered: ReadonlySet<string> = new Set();

  constructor(options: TerminalOffersOptions) {
    this.#options = options;
    this.#offering = options.client.offerTerminals({
      name: options.host,
      onOrder: (sessionId, order) => this.#serve(sessionId, order),
      onConnected: () => this.#unwatchAll(),
    });
  }

  /** These are there now. */
  seen(sessions: readonly TerminalSeen[]): void {
    const alive = sessions.filter((each) => each.alive);
    const offers = alive.map(({ id, pid, started_at }) => ({ session_id: id, pid, started_at: new Date(started_at).toISOString() }));
    const told = JSON.stringify(offers);
    if (told === this.#told) return;
    this.#told = told;
    this.#offered = new Set(offers.map(({ session_id }) => session_id));
    for (const [id, { terminal }] of this.#open) if (!this.#offered.has(id)) terminal.close();
    this.#offering.offer(offers);
  }

  /** Lets go of everything; the sessions go on. */
  close(): void {
    this.#offered = new Set();
    for (const { terminal } of this.#open.values()) terminal.close();
  }

  async #serve(id: string, order: OrderFrame['do']): Promise<TerminalAnswer> {
    if (order.what === 'unwatch') {
      this.#unwatch(id);
      return {};
    }
    const open = this.#opened(id);
    const { terminal } = open;
    switch (order.what) {
      case 'watch':
        open.watched = true;
        terminal.watch();
        return {};
      case 'show':
        return terminal.show(order.history);
      case 'input':
        await terminal.type(order.data);
        return {};
      default:
        await terminal.resize(order.columns, order.rows);
        return {};
    }
  }

  #opened(id: string, watched = false): OpenTerminal {
    const open = this.#open.get(id) ?? { terminal: this.#begin(id), watched, letGo: () => undefined };
    this.#open.set(id, open);
    open.letGo();
    open.letGo = this.#options.clock.after(KEEP_MS, () => this.#idle(id));
    return open;
  }

  #begin(id: string): LiveTerminal {
    const terminal: LiveTerminal = this.#options.home.open(id, {
      onChange: (change) => this.#offering.show(change),
      onEnd: () => {
        const open = this.#open.get(id);
        if (open?.terminal !== terminal) return;
        open.letGo();
        this.#open.delete(id);
        // Somebody watches it, and it is there: only the line to it was lost.
        if (open.watched) this.#options.clock.after(REOPEN_MS, () => this.#watchAgain(id));
      },
    });
    return terminal;
  }

  #watchAgain(id: string): void {
    if (this.#offered.has(id) && !this.#open.has(id)) this.#opened(id, true).terminal.watch();
  }

  #idle(id: string): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    if (!open.watched) open.terminal.close();
  }

  #unwatch(id: string): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    open.watched = false;
    open.terminal.unwatch();
    open.letGo();
    open.letGo = this.#options.clock.after(KEEP_MS, () => this.#idle(id));
  }

  #unwatchAll(): void {
    for (const id of this.#open.keys()) this.#unwatch(id);
  }
}
