/**
 * Sessions whose provider takes no more for now (F3). Those that share an account share its allowance: when one of them is
 * refused, all of them get nothing until the reset, and come back one after the other.
 *
 * States: free → limited   when a task of it, or of another session of its account, is parked
 *         limited → free   at its own moment after the reset; at once, when a person has to act (`access`, `model`) and it registers anew
 * Only what is given out goes by it: what runs goes on, and a task that a session claims by name is its own decision.
 */
import type { EventOf } from '../../contract/event.ts';
import type { SwarmState } from '../state.ts';
import type { AccountLimit, SessionLimit } from './session-limit.ts';
import type { Session } from './state.ts';

/** True while its provider takes no more. */
export function isLimited({ limited }: Session, now: number): boolean {
  return limited !== null && now < limited.until;
}

/** True for what does not pass with time: a person has to set a key, pay a bill or name another model. */
export function needsPerson({ reason }: Pick<SessionLimit, 'reason'>): boolean {
  return reason === 'access' || reason === 'model';
}

/**
 * The limit that a session begins with: its account's, else the one it had before under the same account. Where a person had to
 * act, a start says that somebody has: it may try at once, and the refusals in a row are counted on.
 */
export function limitAtStart(state: SwarmState, { id, account }: Pick<Session, 'id' | 'account'>, time: number): SessionLimit | null {
  const limit = earlierLimit(state, id, account);
  return limit !== null && needsPerson(limit) ? { ...limit, until: Math.min(limit.until, time) } : limit;
}

function earlierLimit({ accounts, sessions }: SwarmState, id: string, account: string | null): SessionLimit | null {
  const limit = account === null ? undefined : accounts.get(account);
  if (limit !== undefined) return limitFrom(limit, id);
  const before = sessions.get(id);
  return before === undefined || before.account !== account ? null : before.limited;
}

/** A provider takes no more from an account, or from one session. */
export function onAccountLimited(state: SwarmState, event: EventOf<'account_limited'>): void {
  const { account, session_id } = event.data;
  const limit = { ...event.data, seq: event.seq };
  if (account !== null) {
    for (const [name, { until, spread }] of state.accounts) if (until + spread < event.time) state.accounts.delete(name);
    if ((state.accounts.get(account)?.until ?? 0) < limit.until) state.accounts.set(account, limit);
  }
  for (const session of state.sessions.values())
    if (session.id === session_id || (account !== null && session.account === account)) limitSession(session, limit);
}

/** Counts a refusal: one while it is limited already belongs to the same one. */
export function refusalsOf({ limited }: Session, now: number): number {
  if (limited === null) return 0;
  return now < limited.until ? limited.times : limited.times + 1;
}

/** Of two limits the later one holds. */
function limitSession(session: Session, limit: AccountLimit): void {
  const next = limitFrom(limit, session.id);
  if (session.limited === null || session.limited.until < next.until) session.limited = next;
}

/** The session completed a task: its provider takes work again. */
export function forgetLimit(session: Session, time: number): void {
  if (session.limited !== null && !isLimited(session, time)) session.limited = null;
}

function limitFrom({ seq, reason, reset_at, until, spread, times, message }: AccountLimit, sessionId: string): SessionLimit {
  const said = message === undefined ? {} : { message };
  return { reason, reset_at, until: until + Math.round(spread * fractionOf(`${seq} ${sessionId}`)), times, ...said };
}

/** Where in the spread a session comes back, 0 to 1: FNV-1a, which scatters names that differ in one letter. */
function fractionOf(name: string): number {
  let hash = 2_166_136_261;
  for (let index = 0; index < name.length; index += 1) hash = Math.imul(hash ^ name.charCodeAt(index), 16_777_619);
  // The last letters have reached only the low bits.
  hash = Math.imul(hash ^ (hash >>> 16), 2_246_822_507);
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}
