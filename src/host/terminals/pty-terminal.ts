/**
 * A look at a session in a terminal of this process. Invariant: however much the program writes, who watches is told a few
 * times a second.
 */
import type { CancelTimer, Clock } from '../../contract/ports.ts';
import { TERMINAL_HISTORY, type StyledLine, type TerminalScreen } from '../../contract/views/terminal-view.ts';
import type { PtySession } from './pty-session.ts';
import { ScreenTeller } from './screen-teller.ts';
import type { LiveTerminal, TerminalUse } from './terminal-home.ts';

/** What a look needs. */
export interface PtyTerminalOptions extends TerminalUse {
  readonly session_id: string;
  readonly session: PtySession;
  readonly clock: Clock;
}

const PAUSE_MS = 50;

/** A look at a session in a terminal of this process. */
export class PtyTerminal implements LiveTerminal {
  readonly #options: PtyTerminalOptions;
  readonly #teller: ScreenTeller;
  readonly #stop: () => void;
  #watched = false;
  #closed = false;
  #due: CancelTimer | null = null;

  constructor(options: PtyTerminalOptions) {
    this.#options = options;
    this.#teller = new ScreenTeller(options.session_id, options.onChange);
    this.#stop = options.session.onChange(() => this.#soon(PAUSE_MS));
  }

  show(history: number): Promise<{ screen: TerminalScreen; history: StyledLine[] }> {
    const { session } = this.#options;
    const screen = session.screen();
    return Promise.resolve({ screen, history: session.history(Math.min(history, TERMINAL_HISTORY - screen.rows)) });
  }

  watch(): void {
    this.#watched = true;
    this.#teller.afresh();
    this.#soon(0);
  }

  unwatch(): void {
    this.#watched = false;
  }

  type(data: string): Promise<void> {
    this.#options.session.write(data);
    return Promise.resolve();
  }

  resize(columns: number, rows: number): Promise<void> {
    this.#options.session.resize(columns, rows);
    return Promise.resolve();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#watched = false;
    this.#stop();
    this.#due?.();
    this.#options.onEnd();
  }

  #soon(ms: number): void {
    if (!this.#watched || this.#due !== null) return;
    this.#due = this.#options.clock.after(ms, () => {
      this.#due = null;
      if (this.#watched) this.#teller.tell(this.#options.session.screen());
    });
  }
}
