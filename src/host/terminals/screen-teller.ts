/**
 * Tells who watches what changed of a screen. Invariant: the whole screen comes first, and again whenever its size changes;
 * then every line that differs.
 */
import type { ScreenChange, TerminalScreen } from '../../contract/views/terminal-view.ts';

/** Tells what changed of one screen. */
export class ScreenTeller {
  readonly #sessionId: string;
  readonly #onChange: (change: ScreenChange) => void;
  #told: { readonly screen: TerminalScreen; readonly texts: readonly string[] } | null = null;

  constructor(sessionId: string, onChange: (change: ScreenChange) => void) {
    this.#sessionId = sessionId;
    this.#onChange = onChange;
  }

  /** The whole screen comes next. */
  afresh(): void {
    this.#told = null;
  }

  /** It is this now. */
  tell(screen: TerminalScreen): void {
    const before = this.#told;
    const texts = screen.lines.map((line) => JSON.stringify(line));
    this.#told = { screen, texts };
    const full = before === null || before.screen.rows !== screen.rows || before.screen.columns !== screen.columns;
    const lines = screen.lines.flatMap((line, row) => (full || before.texts[row] !== texts[row] ? [{ row, line }] : []));
    const { columns, rows, cursor } = screen;
    if (!full && lines.length === 0 && JSON.stringify(cursor) === JSON.stringify(before.screen.cursor)) return;
    this.#onChange({ session_id: this.#sessionId, full, columns, rows, cursor, lines });
  }
}
