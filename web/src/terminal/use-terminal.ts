/**
 * A terminal that a page follows: its screen, who has its keyboard, and the keyboard itself once this page has taken it.
 * Invariant: what is typed goes out in its order, and only while this page has the keyboard; leaving gives it back.
 */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { Failure } from '../../../src/contract/failure.ts';
import type { OutputOf } from '../../../src/contract/operations.ts';
import type { TerminalScreen } from '../../../src/contract/views/terminal-view.ts';
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
  return { screen, gone, view: listed.data?.terminals.find((each) => each.session_id === session_id) ?? null, ...useKeyboard(session_id) };
}

function useKeyboard(session_id: string): Pick<FollowedTerminal, 'mine' | 'take' | 'release' | 'type'> {
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
  return { mine: control !== null, take, release, type };
}
