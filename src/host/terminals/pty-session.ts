/**
 * One program in a terminal of this process: a PTY, and an emulator that interprets what it writes.
 * Invariants: output that is not interpreted yet is bounded (the program waits); what was written before its end is on the
 * screen when it counts as ended.
 */
import type { IPty } from '@lydell/node-pty';
import xterm, { type Terminal } from '@xterm/headless';
import { TERMINAL_SIZE, type StyledLine, type TerminalScreen } from '../../contract/views/terminal-view.ts';
import { cellsOf } from './screen-mirror.ts';
import { FIRST_SIZE, KEPT_LINES } from './terminal-home.ts';

/** How it ended. */
export interface PtyEnd {
  readonly exit_code: number | null;
  readonly signal: number | null;
}

const MOST_WAITING = 1_048_576;
const LEAST_WAITING = 131_072;
const CURSOR_MODE = 25;

/** One program in a terminal of this process. */
export class PtySession {
  readonly pid: number;
  /** Resolves once it has ended and its last words are on the screen. */
  readonly ended: Promise<void>;
  readonly #pty: IPty;
  readonly #emulator: Terminal;
  readonly #listeners = new Set<() => void>();
  #waiting = 0;
  #cursorShown = true;
  #end: PtyEnd | null = null;

  constructor(pty: IPty) {
    this.#pty = pty;
    this.pid = pty.pid;
    const size = { cols: FIRST_SIZE.columns, rows: FIRST_SIZE.rows };
    this.#emulator = new xterm.Terminal({ ...size, scrollback: KEPT_LINES, allowProposedApi: true, logLevel: 'off' });
    for (const [final, shown] of [['h', true] as const, ['l', false] as const]) {
      this.#emulator.parser.registerCsiHandler({ prefix: '?', final }, (modes) => {
        if (modes.includes(CURSOR_MODE)) this.#cursorShown = shown;
        return false;
      });
    }
    pty.onData((text) => this.#receive(text));
    // What a program asks its terminal, the terminal answers.
    this.#emulator.onData((text) => this.write(text));
    this.ended = new Promise((resolve) => {
      pty.onExit(({ exitCode, signal = 0 }) => {
        const end = signal === 0 ? { exit_code: exitCode, signal: null } : { exit_code: null, signal };
        this.#emulator.write('', () => {
          this.#end = end;
          this.#changed();
          resolve();
        });
      });
    });
  }

  /** How it ended; null while it lives. */
  get end(): PtyEnd | null {
    return this.#end;
  }

  /** Told whenever the screen may differ, and at the end. Returns how to stop. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Types. */
  write(data: string): void {
    if (this.#end === null) this.#pty.write(data);
  }

  /** Changes the size. */
  resize(columns: number, rows: number): void {
    if (this.#end !== null) return;
    this.#pty.resize(columns, rows);
    this.#emulator.resize(columns, rows);
    this.#changed();
  }

  /** The screen as it is. */
  screen(): TerminalScreen {
    const { buffer, cols, rows } = this.#emulator;
    const { active } = buffer;
    const cursor = { column: Math.min(active.cursorX, TERMINAL_SIZE.columns), row: active.cursorY, visible: this.#cursorShown };
    const lines = Array.from({ length: rows }, (_, row) => cellsOf(this.#emulator, active.baseY + row));
    return { columns: cols, rows, cursor, lines };
  }

  /** So many lines above the screen. */
  history(lines: number): StyledLine[] {
    const { baseY } = this.#emulator.buffer.active;
    const first = Math.max(0, baseY - lines);
    return Array.from({ length: baseY - first }, (_, index) => cellsOf(this.#emulator, first + index));
  }

  /** Screen and history as text, lines that were wrapped as one. */
  text(): string {
    const { active } = this.#emulator.buffer;
    const lines: string[] = [];
    for (let y = 0; y < active.length; y += 1) {
      const line = active.getLine(y);
      const text = line?.translateToString(true) ?? '';
      const last = lines.length - 1;
      if (line?.isWrapped === true && last >= 0) lines[last] += text;
      else lines.push(text);
    }
    return lines.join('\n').trimEnd();
  }

  /** Forgets it. */
  dispose(): void {
    this.#listeners.clear();
    this.#emulator.dispose();
  }

  #receive(text: string): void {
    this.#waiting += text.length;
    if (this.#waiting > MOST_WAITING) this.#pty.pause();
    this.#emulator.write(text, () => {
      this.#waiting -= text.length;
      if (this.#waiting < LEAST_WAITING) this.#pty.resume();
      this.#changed();
    });
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
