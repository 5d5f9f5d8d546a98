/**
 * The keyboard of a session's terminal, while somebody types into it from a command line.
 * Invariants: what is typed goes out in its order; the keyboard is kept until it is released or somebody takes it over.
 */
import type { LiveClient } from '../../client/live-client.ts';
import { Failure } from '../../contract/failure.ts';
import { TERMINAL_INPUT } from '../../contract/views/terminal-view.ts';

/** Whose keyboard, and how it is taken. */
export interface KeyboardWish {
  readonly session_id: string;
  /** Who types, as others are told. */
  readonly holder: string;
  /** From whoever has it. */
  readonly force: boolean;
  /** It is lost: why. Told once. */
  readonly onLost: (reason: string) => void;
}

/** A keyboard that is held. */
export interface Keyboard {
  readonly type: (data: string) => void;
  readonly resize: (columns: number, rows: number) => void;
  readonly release: () => Promise<void>;
}

const SECONDS = 120;
const EXTEND_EVERY_MS = 40_000;
const RELEASE_MS = 10_000;

/** Takes the keyboard of a terminal, and keeps it until it is released. Throws `terminal_taken`, `terminal_unknown`. */
export async function takeKeyboard(client: LiveClient, { session_id, holder, force, onLost }: KeyboardWish): Promise<Keyboard> {
  const { control } = await client.call('terminal.take', { session_id, holder, seconds: SECONDS, ...(force ? { force } : {}) });
  let waiting = '';
  let sending = false;
  let lost = false;
  const lose = (reason: string): void => {
    if (lost) return;
    lost = true;
    waiting = '';
    onLost(reason);
  };
  const notice = (error: unknown): void => {
    if (error instanceof Failure && error.code === 'terminal_not_held') lose(error.message);
  };
  const send = async (): Promise<void> => {
    sending = true;
    try {
      while (waiting !== '') {
        const data = waiting.slice(0, TERMINAL_INPUT);
        waiting = waiting.slice(data.length);
        await client.call('terminal.input', { session_id, control, data });
      }
    } catch (error) {
      notice(error);
    } finally {
      sending = false;
    }
  };
  const extend = setInterval(() => {
    client.call('terminal.take', { session_id, seconds: SECONDS, control }).catch(notice);
  }, EXTEND_EVERY_MS);
  const unfollow = client.subscribe({
    topics: [`session:${session_id}`],
    onEvents: (events) => {
      const end = events.find(({ type, data }) => type === 'terminal_released' && data['control'] === control);
      if (end !== undefined)
        lose(end.data['reason'] === 'taken_over' ? 'somebody else has taken the keyboard' : 'the keyboard was given back');
    },
  });
  return {
    type: (data) => {
      if (lost) return;
      waiting += data;
      if (!sending) void send();
    },
    resize: (columns, rows) => {
      if (!lost) client.call('terminal.resize', { session_id, control, columns, rows }).catch(notice);
    },
    release: async () => {
      clearInterval(extend);
      unfollow();
      if (!lost) await client.call('terminal.release', { session_id, control }, { timeoutMs: RELEASE_MS }).catch(() => undefined);
    },
  };
}
