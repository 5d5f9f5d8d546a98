/**
 * What no rollback touches, and why: what was said is heard, what is spent is spent, a lock is its holder's, a session is a
 * process. It is named, so that nobody takes it for brought back.
 */
import type { KeptThing } from '../../contract/events/swarm-events.ts';
import { tokensOf } from '../budget/state.ts';
import { isMember } from '../session/state.ts';
import type { SwarmState } from '../state.ts';
import { canonicalJson } from '../task/content-hash.ts';

/** What of a state is compared, and never brought back. */
export interface OutOfReach {
  readonly seq: number;
  /** Numbers of the newest messages. */
  readonly messages: readonly number[];
  /** Mailbox → its unread messages and its channels. */
  readonly mailboxes: ReadonlyMap<string, { readonly unread: readonly number[]; readonly channels: readonly string[] }>;
  /** Lock → its holder and token. */
  readonly locks: ReadonlyMap<string, { readonly session_id: string; readonly token: number }>;
  readonly sessions: ReadonlySet<string>;
  /** Requests for colleagues that are open. */
  readonly colleagues: ReadonlySet<string>;
  readonly tokens: number;
  readonly cost_usd: number;
}

/** As many are remembered in any case. */
const MESSAGES_IN_MEMORY = 1000;

interface Compared {
  readonly beyond: OutOfReach;
}

/** Of a state. */
export function outOfReachOf({ seq, messages, locks, sessions, colleagues, budgets }: SwarmState): OutOfReach {
  const mailboxes = new Map<string, { readonly unread: readonly number[]; readonly channels: readonly string[] }>();
  for (const { id, unread, channels } of messages.mailboxes.values())
    if (unread.size + channels.size > 0) mailboxes.set(id, { unread: [...unread.keys()], channels: [...channels].toSorted() });
  return {
    seq,
    messages: [...messages.recent.keys()],
    mailboxes,
    locks: new Map([...locks.by_name].map(([name, { session_id, token }]) => [name, { session_id, token }])),
    sessions: new Set([...sessions.values()].filter(isMember).map(({ id }) => id)),
    colleagues: new Set(colleagues.open.keys()),
    tokens: tokensOf(budgets.swarm),
    cost_usd: budgets.swarm.cost_usd,
  };
}

/** What is not as it was then. */
export function whatStays({ beyond: then }: Compared, { beyond: now }: Compared): KeptThing[] {
  const sent = now.messages.filter((id) => id > then.seq).length;
  // The oldest messages leave memory: when none that was there then is left, there were more.
  const more = sent === now.messages.length && (then.messages.length > 0 || sent >= MESSAGES_IN_MEMORY);
  const tokens = now.tokens - then.tokens;
  const cost = now.cost_usd - then.cost_usd;
  const all = (kind: KeptThing['kind'], yes: boolean, reason: string): KeptThing[] => (yes ? [{ kind, id: '', reason }] : []);
  const [came, left] = [missing(now.sessions, then.sessions), missing(then.sessions, now.sessions)];
  const requests = missing(now.colleagues, then.colleagues) + missing(then.colleagues, now.colleagues);
  return [
    ...all('message', sent > 0, `${more ? 'at least ' : ''}${sent} sent since: what was sent cannot be unsent`),
    ...all(
      'mailbox',
      mailboxesUntil(then, then.seq) !== mailboxesUntil(now, then.seq),
      'what was read, and who left or joined a channel since, stays so',
    ),
    ...all('session', came + left > 0, `${came} came and ${left} left since: they are processes, and come and go by themselves`),
    ...all('colleague', requests > 0, `${requests} asked for or settled since: whoever runs hosts deals with them`),
    ...all('usage', tokens > 0 || cost > 0, `${tokens} tokens and ${cost.toFixed(2)} USD since: what is spent is spent`),
    ...otherLocks(then, now),
  ];
}

function otherLocks({ locks: then }: OutOfReach, { locks: now }: OutOfReach): KeptThing[] {
  const kept: KeptThing[] = [];
  for (const [id, was] of then) {
    const is = now.get(id);
    const reason =
      is === undefined
        ? `${was.session_id} held it: nobody is given a lock without asking for it`
        : `${is.session_id} holds it now, and ${was.session_id} held it then`;
    if (is?.session_id !== was.session_id) kept.push({ kind: 'lock', id, reason });
  }
  for (const [id, { session_id }] of now)
    if (!then.has(id)) kept.push({ kind: 'lock', id, reason: `${session_id} holds it since: a lock is its holder's` });
  return kept;
}

function mailboxesUntil({ mailboxes }: OutOfReach, seq: number): string {
  const shown = [...mailboxes].map(([id, { unread, channels }]) => [id, unread.filter((each) => each <= seq), channels] as const);
  return canonicalJson(
    shown.filter(([, unread, channels]) => unread.length + channels.length > 0).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function missing(from: ReadonlySet<string>, of: ReadonlySet<string>): number {
  let count = 0;
  for (const each of from) if (!of.has(each)) count += 1;
  return count;
}
