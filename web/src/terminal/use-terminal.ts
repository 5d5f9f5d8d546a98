/**
 * A terminal that a page follows: its screen, who has its keyboard, and the keyboard itself once this page has taken it.
 * Invariant: what is typed goes out in its order, and only while this page has the keyboard; leaving gives it back.
 */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { Failure, reasonOf } from '../../../src/contract/failure.ts';
import type { OutputOf } from '../../../src/contract/operations.ts';
import { type StyledLine, TERMINAL_HISTORY, type TerminalScreen } from '../../../src/contract/views/terminal-view.ts';
import { client } from '../data/connection.ts';
import { say } from '../ui/notices.ts';

const HELD_SECONDS = 120;
const RENEW_MS = 45_000;

/** The key of the list of terminals in the cache. */
const TERMINALS_KEY = ['terminals'] as const;

/** A terminal and what can be done with it. */
export interface FollowedTerminal {
  readonly screen: TerminalScreen | null;
  /** Why there is no screen. */
  readonly gone: Failure | null;
  /** Who has it and who looks; null: unknown. */
  readonly view: OutputOf<'terminal.list'>['terminals'][number] | null;
  /** True while this page has the keyboard. */
  readonly mine: boolean;
  readonly take: (force: boolean) => void;
  readonly release: () => void;
  readonly type: (data: string) => void;
  /** Changes its size, for everybody; only while this page has the keyboard. */
  readonly resize: (size: TerminalExtent) => void;
  /** What had scrolled off when it was asked for; null: it is not shown. */
  readonly past: PastLines | null;
  readonly lookBack: () => void;
  readonly lookAtNow: () => void;
}

/** Lines above the screen, and when that was. */
interface PastLines {
  readonly lines: readonly StyledLine[];
  readonly asked_at: string;
}

/** A size in characters. */
export interface TerminalExtent {
  readonly columns: number;
  readonly rows: number;
}

/** Follows the terminal of a session. */
export function useTerminal(session_id: string): FollowedTerminal {
  const queries = useQueryClient();
  const [screen, setScreen] = useState<TerminalScreen | null>(null);
  const [gone, setGone] = useState<Failure | null>(null);
  const listed = useQuery({ queryKey: TERMINALS_KEY, queryFn: ({ signal }) => client.call('terminal.list', {}, { signal }) });
  const refresh = useEffectEvent(() => void queries.invalidateQueries({ queryKey: TERMINALS_KEY }));
  useEffect(() => {
    let known = false;
    return client.watchTerminal(session_id, {
      onScreen: (next) => {
        setScreen(next);
        setGone(null);
        if (!known) refresh();
        known = true;
      },
      onGone: (failure) => {
        setScreen(null);
        setGone(failure);
        if (known) refresh();
        known = false;
      },
    });
  }, [session_id]);
  const view = listed.data?.terminals.find((each) => each.session_id === session_id) ?? null;
  return { screen, gone, view, ...useKeyboard(session_id), ...usePast(session_id) };
}

function usePast(session_id: string): Pick<FollowedTerminal, 'past' | 'lookBack' | 'lookAtNow'> {
  const [past, setPast] = useState<PastLines | null>(null);
  const lookBack = (): void => {
    client.call('terminal.show', { session_id, history: TERMINAL_HISTORY }).then(
      ({ history }) => setPast({ lines: history, asked_at: new Date().toISOString() }),
      (error: unknown) => say({ tone: 'bad', text: `Cannot look back in ${session_id}: ${reasonOf(error)}`, hint: null }),
    );
  };
  return { past, lookBack, lookAtNow: () => setPast(null) };
}

function useKeyboard(session_id: string): Pick<FollowedTerminal, 'mine' | 'take' | 'release' | 'type' | 'resize'> {
  const [control, setControl] = useState<number | null>(null);
  const waiting = useRef('');
  const sending = useRef(false);
  const lost = (error: unknown): void => {
    setControl(null);
    waiting.current = '';
    const failure = error instanceof Failure ? error : null;
    say({ tone: 'bad', text: `Cannot type into ${session_id}: ${failure?.message ?? String(error)}`, hint: failure?.hint ?? null });
  };
  const take = (force: boolean): void => {
    client
      .call('terminal.take', { session_id, seconds: HELD_SECONDS, holder: 'a page', ...(force ? { force } : {}) })
      .then((taken) => setControl(taken.control), lost);
  };
  const release = (): void => {
    if (control === null) return;
    setControl(null);
    client.call('terminal.release', { session_id, control }).catch(() => undefined);
  };
  const type = (data: string): void => {
    if (control === null) return;
    waiting.current += data;
    if (!sending.current) void sendAll(control);
  };
  const sendAll = async (held: number): Promise<void> => {
    sending.current = true;
    try {
      while (waiting.current !== '') {
        const data = waiting.current.slice(0, 16_384);
        waiting.current = waiting.current.slice(data.length);
        await client.call('terminal.input', { session_id, control: held, data });
      }
    } catch (error) {
      lost(error);
    } finally {
      sending.current = false;
    }
  };
  const resize = (size: TerminalExtent): void => {
    if (control !== null) client.call('terminal.resize', { session_id, control, ...size }).catch(lost);
  };
  const giveBack = useEffectEvent(release);
  useEffect(() => () => giveBack(), []);
  const renew = useEffectEvent((held: number) => {
    client.call('terminal.take', { session_id, seconds: HELD_SECONDS, control: held }).catch(lost);
  });
  useEffect(() => {
    if (control === null) return undefined;
    const timer = setInterval(() => renew(control), RENEW_MS);
    return () => clearInterval(timer);
  }, [control]);
  return { mine: control !== null, take, release, type, resize };
}
