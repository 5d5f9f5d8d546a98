/**
 * What the reports of hosts do to the state.
 */
import type { EventOf } from '../../contract/event.ts';
import type { SwarmState } from '../state.ts';
import { HOSTED_KEPT, type ReportedSession } from './state.ts';

type Change = Partial<Omit<ReportedSession, 'session_id' | 'host' | 'since'>> & Pick<ReportedSession, 'status'>;

/** Its process was started. */
export function onHostedSpawned(state: SwarmState, event: EventOf<'hosted_spawned'>): void {
  const starts = (state.hosted.get(event.data.session_id)?.starts ?? 0) + 1;
  change(state, event, { status: 'running', pid: event.data.pid, starts, next_start: null });
}

/** It ran before its host began. */
export function onHostedAdopted(state: SwarmState, event: EventOf<'hosted_adopted'>): void {
  change(state, event, { status: 'running', pid: event.data.pid, next_start: null });
}

/** Its process ended. */
export function onHostedExited(state: SwarmState, event: EventOf<'hosted_exited'>): void {
  const { exit_code, signal } = event.data;
  change(state, event, { status: 'ended', pid: null, exit_code, signal, screen_seq: event.seq });
}

/** It will be started again. */
export function onHostedRestarting(state: SwarmState, event: EventOf<'hosted_restarting'>): void {
  change(state, event, { status: 'restarting', failures: event.data.failures, next_start: event.data.at });
}

/** It stays ended. */
export function onHostedQuarantined(state: SwarmState, event: EventOf<'hosted_quarantined'>): void {
  change(state, event, { status: 'quarantined', failures: event.data.failures, next_start: null, screen_seq: event.seq });
}

/** The host ended it. */
export function onHostedStopped(state: SwarmState, event: EventOf<'hosted_stopped'>): void {
  change(state, event, { status: 'stopped', pid: null, next_start: null });
}

function change(
  { hosted }: SwarmState,
  { time, data }: { readonly time: number; readonly data: { readonly session_id: string; readonly host: string } },
  fields: Change,
): void {
  const { session_id, host } = data;
  const before = hosted.get(session_id) ?? NOTHING_KNOWN;
  hosted.delete(session_id);
  hosted.set(session_id, { ...before, ...fields, session_id, host, since: time });
  const [oldest] = hosted.size > HOSTED_KEPT ? hosted.keys() : [];
  if (oldest !== undefined) hosted.delete(oldest);
}

const NOTHING_KNOWN = { pid: null, exit_code: null, signal: null, failures: 0, starts: 0, next_start: null, screen_seq: 0 } as const;
