/**
 * One terminal in tmux: its screen, its keyboard, its size; and while it is watched, what changes of it.
 * It is looked at a few times a second, never faster, however much the program writes: a screen is what counts, not the
 * output. Invariant: one look at a time; who watches gets the whole screen first, and then every change of it.
 */
import type { CancelTimer, Clock } from '../../contract/ports.ts';
import type { StyledLine, TerminalScreen } from '../../contract/views/terminal-view.ts';
import { TERMINAL_SIZE } from '../../contract/views/terminal-view.ts';
import { ScreenMirror } from './screen-mirror.ts';
import { ScreenTeller } from './screen-teller.ts';
import type { LiveTerminal, TerminalUse } from './terminal-home.ts';
import { TmuxChannel, type TmuxPlace } from './tmux-channel.ts';

/** What a terminal needs. */
export interface TmuxTerminalOptions extends TerminalUse {
  readonly session_id: string;
  readonly place: TmuxPlace;
  readonly clock: Clock;
}

const QUICK_MS = 50;
const CALM_MS = 200;
/** Looks without a change after which it is calm. */
const CALM_AFTER = 20;
const BYTES_PER_COMMAND = 2048;
const FIELDS = ['pane_width', 'pane_height', 'cursor_x', 'cursor_y', 'cursor_flag'].map((name) => `#{${name}}`).join(' ');

interface Look {
  readonly size: string;
  readonly lines: readonly string[];
}

/** One terminal in tmux. */
export class TmuxTerminal implements LiveTerminal {
  readonly #options: TmuxTerminalOptions;
  readonly #channel: TmuxChannel;
  readonly #mirror = new ScreenMirror();
  readonly #target: string;
  readonly #teller: ScreenTeller;
  #watched = false;
  #last: Look | null = null;
  #unchanged = 0;
  #looking = false;
  #cancelTimer: CancelTimer = () => undefined;

  constructor(options: TmuxTerminalOptions) {
    this.#options = options;
    this.#teller = new ScreenTeller(options.session_id, options.onChange);
    this.#target = `'=${options.place.name}:'`;
    this.#channel = new TmuxChannel(options.place, () => {
      this.#watched = false;
      this.#cancelTimer();
      this.#mirror.dispose();
      options.onEnd();
    });
  }

  async show(history: number): Promise<{ screen: TerminalScreen; history: StyledLine[] }> {
    const { size, lines } = await this.#look(history);
    const mirror = new ScreenMirror();
    const cells = await mirror.read(lines, widthOf(size));
    mirror.dispose();
    const screen = screenOf(size, cells);
    return { screen, history: cells.slice(0, Math.max(0, cells.length - screen.rows)) };
  }

  watch(): void {
    this.#watched = true;
    this.#last = null;
    this.#teller.afresh();
    this.#hurry();
  }

  unwatch(): void {
    this.#watched = false;
    this.#cancelTimer();
  }

  async type(data: string): Promise<void> {
    const bytes = Buffer.from(data, 'utf8');
    for (let at = 0; at < bytes.length; at += BYTES_PER_COMMAND) {
      const part = bytes.subarray(at, at + BYTES_PER_COMMAND).toString('hex');
      await this.#channel.ask(`send-keys -t ${this.#target} -H ${(part.match(/../g) ?? []).join(' ')}`);
    }
    this.#hurry();
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#channel.ask(`resize-window -t ${this.#target} -x ${columns} -y ${rows}`);
    this.#hurry();
  }

  close(): void {
    this.#channel.close();
  }

  /** Size and lines are of one moment. */
  async #look(history: number): Promise<Look> {
    const above = history === 0 ? '' : ` -S -${history}`;
    const [size, lines] = await this.#channel.ask(
      `display-message -p -t ${this.#target} '${FIELDS}'`,
      `capture-pane -e -p -N${above} -t ${this.#target}`,
    );
    return { size: size?.[0] ?? '', lines: lines ?? [] };
  }

  #hurry(): void {
    this.#unchanged = 0;
    this.#cancelTimer();
    this.#cancelTimer = this.#options.clock.after(0, () => this.#again());
  }

  #again(): void {
    if (!this.#watched || this.#looking) return;
    this.#looking = true;
    this.#follow()
      // The line has ended, and says so.
      .catch(() => undefined)
      .finally(() => {
        this.#looking = false;
        const pause = this.#unchanged > CALM_AFTER ? CALM_MS : QUICK_MS;
        this.#cancelTimer();
        this.#cancelTimer = this.#options.clock.after(pause, () => this.#again());
      });
  }

  async #follow(): Promise<void> {
    const look = await this.#look(0);
    const before = this.#last;
    this.#unchanged += 1;
    if (before !== null && before.size === look.size && sameTexts(before.lines, look.lines)) return;
    const screen = screenOf(look.size, await this.#mirror.read(look.lines, widthOf(look.size)));
    if (!this.#watched) return;
    this.#unchanged = 0;
    this.#last = look;
    this.#teller.tell(screen);
  }
}

/** The last lines of these are the screen. */
function screenOf(size: string, cells: readonly StyledLine[]): TerminalScreen {
  const [columns = 0, rows = 0, column = 0, row = 0, visible = 1] = size.split(' ').map(Number);
  const shownRows = within(rows, 1, TERMINAL_SIZE.rows);
  return {
    columns: within(columns, 2, TERMINAL_SIZE.columns),
    rows: shownRows,
    cursor: { column: within(column, 0, TERMINAL_SIZE.columns), row: within(row, 0, TERMINAL_SIZE.rows), visible: visible !== 0 },
    lines: Array.from({ length: shownRows }, (_, index) => cells[Math.max(0, cells.length - rows) + index] ?? []),
  };
}

function widthOf(size: string): number {
  return within(Number(size.split(' ')[0]), 2, TERMINAL_SIZE.columns);
}

function within(value: number, least: number, most: number): number {
  return Number.isInteger(value) ? Math.min(most, Math.max(least, value)) : least;
}

function sameTexts(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((line, index) => line === right[index]);
}
