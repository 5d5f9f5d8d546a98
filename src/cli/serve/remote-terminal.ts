/**
 * tutti session attach, for a terminal that is not tmux's own here: its screen through the server, and with --control its
 * keyboard and its size. Invariant: the terminal of the user is as it was when this ends, and the keyboard is given back.
 */
import type { LiveClient } from '../../client/live-client.ts';
import { Failure } from '../../contract/failure.ts';
import { type StyledLine, TERMINAL_HISTORY, TERMINAL_SIZE, type TerminalScreen } from '../../contract/views/terminal-view.ts';
import { drawScreen, firstRow } from '../output/screen-text.ts';
import { attachedKeys, type ViewKey } from './attached-keys.ts';
import { type Keyboard, takeKeyboard } from './terminal-keyboard.ts';

/** What is attached to. */
export interface RemoteAttach {
  readonly session_id: string;
  readonly control: boolean;
  readonly force: boolean;
  /** Who types, as others are told. */
  readonly holder: string;
}

/** Attaches until it is detached or the session's terminal is gone; says how it ended. Throws Failure. */
export async function attachRemotely(client: LiveClient, attach: RemoteAttach): Promise<string> {
  const { session_id } = attach;
  const { terminals } = await client.call('terminal.list', {});
  if (!terminals.some((each) => each.session_id === session_id)) throw new Failure('terminal_unknown', { session_id });
  needsTerminal();
  const attached = new AttachedTerminal(client, session_id);
  if (!attach.control) return attached.run(null);
  const keyboard = await takeKeyboard(client, { ...attach, onLost: (reason) => attached.lookOnly(reason) });
  try {
    return await attached.run(keyboard);
  } finally {
    await keyboard.release();
  }
}

/** Throws `usage` when this is not run at a terminal. */
export function needsTerminal(): void {
  if (process.stdin.isTTY && process.stdout.isTTY) return;
  throw new Failure('usage', { reason: 'tutti session attach needs a terminal; tutti session screen prints what the session shows.' });
}

/** What is looked at: the screen as it is now, or what was above it once. */
class AttachedTerminal {
  readonly #client: LiveClient;
  readonly #id: string;
  #keyboard: Keyboard | null = null;
  #screen: TerminalScreen | null = null;
  /** Everything above and on the screen, when one looks back, and the first of its lines that is shown. */
  #past: { readonly lines: readonly StyledLine[]; readonly from: number } | null = null;
  #first = 0;
  #lost = '';
  #online = true;

  constructor(client: LiveClient, id: string) {
    this.#client = client;
    this.#id = id;
  }

  /** The keyboard is somebody else's now. */
  lookOnly(reason: string): void {
    this.#keyboard = null;
    this.#lost = reason;
    this.#draw(null);
  }

  /** Shows it until it is detached or gone; says how that ended. */
  run(keyboard: Keyboard | null): Promise<string> {
    this.#keyboard = keyboard;
    const { stdin, stdout } = process;
    const resized = (): void => this.#resized();
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        stop();
        unfollow();
        stdin.off('data', typed);
        stdout.off('resize', resized);
        stdin.setRawMode(false);
        stdin.pause();
        stdout.write('\u001b[0m\u001b[?25h\u001b[?1049l');
        settle();
      };
      const typed = attachedKeys({
        detach: () => end(() => resolve(`Detached; ${this.#id} goes on.`)),
        type: (data) => this.#keyboard?.type(data),
        view: (key) => this.#view(key),
        looks: () => this.#keyboard === null || this.#past !== null,
        leavesByQ: () => this.#past === null,
      });
      stdout.write('\u001b[?1049h\u001b[2J');
      stdin.setRawMode(true);
      stdin.setEncoding('utf8').on('data', typed).resume();
      stdout.on('resize', resized);
      const unfollow = this.#client.onConnection(({ online }) => {
        this.#online = online;
        this.#draw(null);
      });
      const stop = this.#client.watchTerminal(this.#id, {
        onScreen: (screen, rows) => {
          this.#screen = screen;
          this.#draw(rows);
        },
        onGone: (failure) => end(() => (this.#screen === null ? reject(failure) : resolve(`The terminal of ${this.#id} is gone.`))),
      });
      this.#fit();
    });
  }

  #resized(): void {
    this.#fit();
    this.#draw(null);
  }

  /** Who types has the terminal in the size of their own. */
  #fit(): void {
    const { columns, rows } = place();
    this.#keyboard?.resize(Math.min(TERMINAL_SIZE.columns, Math.max(2, columns)), Math.min(TERMINAL_SIZE.rows, Math.max(1, rows - 1)));
  }

  #view(key: ViewKey): void {
    const page = place().rows - 1;
    const by = { page_up: -page, page_down: page, up: -1, down: 1, top: -Infinity, live: Infinity }[key];
    if (this.#past !== null) this.#look(this.#past.lines, this.#past.from + by);
    else if (by < 0) {
      const shown = this.#client.call('terminal.show', { session_id: this.#id, history: TERMINAL_HISTORY });
      shown.then(
        ({ history, screen }) => {
          const lines = [...history, ...screen.lines];
          this.#look(lines, Math.max(0, lines.length - page) + by);
        },
        () => undefined,
      );
    }
  }

  /** Below the last of them is now. */
  #look(lines: readonly StyledLine[], from: number): void {
    const last = Math.max(0, lines.length - (place().rows - 1));
    this.#past = from >= last ? null : { lines, from: Math.max(0, from) };
    this.#draw(null);
  }

  #draw(changed: readonly number[] | null): void {
    const size = place();
    if (this.#past !== null) {
      const lines = this.#past.lines.slice(this.#past.from, this.#past.from + size.rows - 1);
      const cursor = { column: 0, row: 0, visible: false };
      process.stdout.write(drawScreen({ columns: size.columns, rows: lines.length, cursor, lines }, null, size, this.#note()));
    } else if (this.#screen !== null) {
      const first = firstRow(this.#screen, size);
      const moved = first !== this.#first;
      this.#first = first;
      process.stdout.write(drawScreen(this.#screen, moved ? null : changed, size, this.#note()));
    }
  }

  #note(): string {
    const mode = this.#keyboard === null ? 'looking' : 'typing';
    const back = this.#past === null ? null : `${this.#past.lines.length - this.#past.from - (place().rows - 1)} lines back, q returns`;
    const keys = this.#keyboard === null ? 'q detaches, PageUp looks back' : 'Ctrl-b d detaches, Ctrl-b [ looks back';
    const said = [this.#id, mode, this.#lost, this.#online ? '' : 'no connection to the server', back ?? keys];
    return ` ${said.filter((each) => each !== '').join(' · ')} `;
  }
}

/** Terminals that do not say their size have this one. */
function place(): { columns: number; rows: number } {
  const { stdout } = process;
  return { columns: stdout.columns || 80, rows: stdout.rows || 24 };
}
