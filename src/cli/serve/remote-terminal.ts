/**
 * tutti session attach, for a session that is not on this machine: its screen through the server, and with --control its
 * keyboard. Invariant: the terminal of the user is as it was when this ends, and the keyboard is given back.
 */
import type { LiveClient } from '../../client/live-client.ts';
import { Failure } from '../../contract/failure.ts';
import type { TerminalScreen } from '../../contract/views/terminal-view.ts';
import type { CliContext } from '../cli-context.ts';
import { drawScreen } from '../output/screen-text.ts';

/** What is attached to. */
export interface RemoteAttach {
  readonly session_id: string;
  readonly control: boolean;
  readonly force: boolean;
}

const PREFIX = '\u0002';
const DETACH = 'd';
const SECONDS = 120;
const EXTEND_EVERY_MS = 40_000;

/** Attaches until it is detached with Ctrl-b d or the session's terminal is gone. Throws Failure. */
export async function attachRemotely(context: CliContext, attach: RemoteAttach): Promise<number> {
  const { stdin, stdout } = process;
  if (!stdin.isTTY || !stdout.isTTY) {
    throw new Failure('usage', { reason: 'tutti session attach needs a terminal; tutti session screen prints what the session shows.' });
  }
  const { live } = await context.connect();
  const client = await live();
  try {
    const keyboard = attach.control ? await takeKeyboard(client, attach) : null;
    try {
      return await show(client, attach, keyboard);
    } finally {
      await keyboard?.release();
    }
  } finally {
    client.close();
  }
}

interface Keyboard {
  readonly type: (data: string) => void;
  readonly lost: () => string | null;
  readonly release: () => Promise<void>;
}

/** Takes the keyboard of a terminal, and keeps it until it is released. Throws `terminal_taken`. */
export async function takeKeyboard(client: Pick<LiveClient, 'call'>, { session_id, force }: Omit<RemoteAttach, 'control'>): Promise<Keyboard> {
  const { control } = await client.call('terminal.take', { session_id, seconds: SECONDS, ...(force ? { force } : {}) });
  let lost: string | null = null;
  const notice = (error: unknown): void => {
    if (error instanceof Failure && error.code === 'terminal_not_held') lost = error.message;
  };
  const extend = setInterval(() => {
    client.call('terminal.take', { session_id, seconds: SECONDS, control }).catch(notice);
  }, EXTEND_EVERY_MS);
  return {
    lost: () => lost,
    type: (data) => void client.call('terminal.input', { session_id, control, data }).catch(notice),
    release: async () => {
      clearInterval(extend);
      await client.call('terminal.release', { session_id, control }, { timeoutMs: 2000 }).catch(() => undefined);
    },
  };
}

function show(client: LiveClient, { session_id }: RemoteAttach, keyboard: Keyboard | null): Promise<number> {
  const { stdin, stdout } = process;
  return new Promise((resolve, reject) => {
    let last: TerminalScreen | null = null;
    const note = (): string => {
      const mode = keyboard === null ? 'looking' : (keyboard.lost() ?? 'typing');
      return ` ${session_id} · ${mode} · Ctrl-b d detaches `;
    };
    const draw = (rows: readonly number[] | null): void => {
      if (last !== null) stdout.write(drawScreen(last, rows, { columns: stdout.columns || 80, rows: stdout.rows || 24 }, note()));
    };
    const all = (): void => draw(null);
    const end = (settle: () => void): void => {
      stop();
      stdin.off('data', typed);
      stdout.off('resize', all);
      stdin.setRawMode(false);
      stdin.pause();
      stdout.write('\u001b[0m\u001b[?25h\u001b[?1049l');
      settle();
    };
    const typed = keysOf({
      detach: () => end(() => resolve(0)),
      type: (data) => keyboard?.type(data),
    });
    stdout.write('\u001b[?1049h\u001b[2J');
    stdin.setRawMode(true);
    stdin.setEncoding('utf8').on('data', typed).resume();
    stdout.on('resize', all);
    const stop = client.watchTerminal(session_id, {
      onScreen: (screen, rows) => {
        last = screen;
        draw(rows);
      },
      onGone: (failure) => end(() => (last === null ? reject(failure) : resolve(0))),
    });
  });
}

/** Hands on what is typed, but for Ctrl-b d, which detaches; Ctrl-b twice is Ctrl-b. */
export function keysOf(keys: { readonly detach: () => void; readonly type: (data: string) => void }): (data: string | Buffer) => void {
  let prefixed = false;
  return (data) => {
    let typed = '';
    for (const key of String(data)) {
      if (prefixed && key === DETACH) {
        if (typed !== '') keys.type(typed);
        keys.detach();
        return;
      }
      if (key === PREFIX && !prefixed) {
        prefixed = true;
        continue;
      }
      typed += prefixed && key !== PREFIX ? PREFIX + key : key;
      prefixed = false;
    }
    if (typed !== '') keys.type(typed);
  };
}
