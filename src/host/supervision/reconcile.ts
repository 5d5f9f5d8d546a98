/**
 * Decides what a host does next, from what is wanted and what is seen. Pure: no clock, no processes.
 *
 *     absent ─▶ starting ─▶ running ─▶ exited ─▶ (pause) ─▶ starting …
 *                              │          └─ failed too often in a row ─▶ quarantined, until it is lifted
 *                              │          └─ replaced by another process of its name ─▶ done, until it is lifted
 *                              └─ no longer wanted, or over a limit ─▶ stopping ─▶ absent, or (pause) ─▶ starting …
 *
 * No storms, by construction: a session has at most one action under way; starts wait for ever longer pauses; after
 * `quarantine_after` failures in a row nothing starts any more; a pass begins at most `starts_at_once` starts.
 */

import { EXIT } from '../../contract/errors/error-entry.ts';

/** When a session that has ended is started again. */
export type RestartRule = 'always' | 'on_failure' | 'never';

/** What is wanted of one session, as far as these decisions need it. */
export interface WantedSession {
  readonly id: string;
  readonly restart: RestartRule;
  /** It is stopped after so many ms; null: never. */
  readonly limit_ms: number | null;
  /** MiB that it holds with all that it started, beyond which it is ended; null: never. */
  readonly memory_mb: number | null;
  /** Seconds of processor time of it and all that it started; null: as many as it likes. */
  readonly cpu_seconds: number | null;
}

/** What is seen of one session. */
export interface SeenSession {
  readonly id: string;
  readonly alive: boolean;
  /** ms since 1970. */
  readonly started_at: number;
  /** null while it is alive, or when a signal ended it. */
  readonly exit_code: number | null;
  /** What it uses with all that it started, where that is watched. */
  readonly used?: { readonly memory_bytes: number; readonly cpu_ms: number };
}

/** Why a host ends a session that runs. */
export type StopCause = 'not_wanted' | 'time_over' | 'cpu_over' | 'memory_over';

/** What is remembered of one session; it outlives the host. */
export interface SessionMemory {
  /** Failures in a row. */
  readonly failures: number;
  /** Not before then, ms since 1970. */
  readonly not_before: number;
  /** ms since 1970, or null. */
  readonly quarantined_at: number | null;
  /** It ended as it should and is not started again. */
  readonly done: boolean;
}

/** The numbers of these decisions; times in ms. */
export interface SupervisionRules {
  readonly first_pause_ms: number;
  readonly longest_pause_ms: number;
  /** Who has run for so long has not failed at once: its failures are forgotten. */
  readonly stable_ms: number;
  readonly quarantine_after: number;
  readonly starts_at_once: number;
  /** Sessions that may be alive at once. */
  readonly most_sessions: number;
}

/** The rules when none are given (D8: marked after three). */
export const SUPERVISION_RULES: SupervisionRules = {
  first_pause_ms: 1_000,
  longest_pause_ms: 60_000,
  stable_ms: 60_000,
  quarantine_after: 3,
  starts_at_once: 4,
  most_sessions: 50,
};

/**
 * What the host does to a session. `collect` takes in how it ended; `memory` is what it is remembered by from then on,
 * null: nothing.
 */
export type SupervisionAction =
  | { readonly do: 'start'; readonly id: string }
  | { readonly do: 'stop'; readonly id: string; readonly why: StopCause; readonly memory: SessionMemory | null }
  | { readonly do: 'collect'; readonly id: string; readonly memory: SessionMemory };

/** What is known at one moment. */
export interface SupervisionState {
  readonly wanted: readonly WantedSession[];
  readonly seen: readonly SeenSession[];
  readonly memory: ReadonlyMap<string, SessionMemory>;
  /** Sessions with an action under way. */
  readonly busy: ReadonlySet<string>;
  /** ms since 1970. */
  readonly now: number;
}

const MIB = 1_048_576;

/** Nothing happened to it yet. */
export const FRESH: SessionMemory = { failures: 0, not_before: 0, quarantined_at: null, done: false };

/** The actions of one pass. */
export function reconcile({ wanted, seen, memory, busy, now }: SupervisionState, rules: SupervisionRules): SupervisionAction[] {
  const actions: SupervisionAction[] = [];
  const wishes = new Map(wanted.map((each) => [each.id, each]));
  const present = new Map(seen.map((each) => [each.id, each]));
  for (const session of seen) {
    if (busy.has(session.id)) continue;
    const wish = wishes.get(session.id);
    const { id } = session;
    if (!session.alive) actions.push({ do: 'collect', id, memory: afterEnd(session, wish, memory.get(id) ?? FRESH, { now, rules }) });
    else if (wish === undefined) actions.push({ do: 'stop', id, why: 'not_wanted', memory: null });
    else {
      const why = limitOver(session, wish, now);
      // What may be used once is used up; what grew too large may begin anew, with the care of what fails.
      const next = why === 'memory_over' ? afterEnd(session, wish, memory.get(id) ?? FRESH, { now, rules }) : { ...FRESH, done: true };
      if (why !== null) actions.push({ do: 'stop', id, why, memory: next });
    }
  }
  const alive = seen.filter((each) => each.alive).length;
  let room = Math.min(rules.starts_at_once, rules.most_sessions - alive) - [...busy].filter((id) => !present.has(id)).length;
  for (const { id } of wanted) {
    if (room <= 0) break;
    if (present.has(id) || busy.has(id) || !mayStart(memory.get(id) ?? FRESH, now)) continue;
    actions.push({ do: 'start', id });
    room -= 1;
  }
  return actions;
}

/** What a session whose start failed is remembered by. */
export function afterFailedStart(memory: SessionMemory, now: number, rules: SupervisionRules): SessionMemory {
  return failedAgain(memory.failures + 1, now, rules);
}

/** When the next pass is due although nothing happens, ms since 1970; Infinity for never. */
export function nextPass({ wanted, seen, memory }: SupervisionState): number {
  const alive = new Map(seen.map((each) => [each.id, each]));
  return Math.min(
    Infinity,
    ...wanted.map(({ id, limit_ms }) => {
      const session = alive.get(id);
      if (session !== undefined) return limit_ms === null ? Infinity : session.started_at + limit_ms;
      const known = memory.get(id) ?? FRESH;
      return known.done || known.quarantined_at !== null ? Infinity : known.not_before;
    }),
  );
}

function limitOver({ started_at, used }: SeenSession, { limit_ms, memory_mb, cpu_seconds }: WantedSession, now: number): StopCause | null {
  if (limit_ms !== null && now - started_at >= limit_ms) return 'time_over';
  if (used === undefined) return null;
  if (cpu_seconds !== null && used.cpu_ms >= cpu_seconds * 1000) return 'cpu_over';
  return memory_mb !== null && used.memory_bytes > memory_mb * MIB ? 'memory_over' : null;
}

function mayStart({ not_before, quarantined_at, done }: SessionMemory, now: number): boolean {
  return !done && quarantined_at === null && now >= not_before;
}

function afterEnd(
  session: SeenSession,
  wish: WantedSession | undefined,
  memory: SessionMemory,
  { now, rules }: { readonly now: number; readonly rules: SupervisionRules },
): SessionMemory {
  const failed = session.exit_code !== 0;
  const again = wish !== undefined && (wish.restart === 'always' || (wish.restart === 'on_failure' && failed));
  // Started again, it would end the one that took its place, and so on for ever.
  if (!again || session.exit_code === EXIT.replaced) return { ...FRESH, done: true };
  const wasStable = now - session.started_at >= rules.stable_ms;
  // Who ends at once is started again with the same care, whether it calls that a success or not.
  return failedAgain(wasStable ? 1 : memory.failures + 1, now, rules, wasStable);
}

function failedAgain(failures: number, now: number, rules: SupervisionRules, wasStable = false): SessionMemory {
  const pause = Math.min(rules.longest_pause_ms, rules.first_pause_ms * 2 ** (failures - 1));
  const quarantined = !wasStable && failures >= rules.quarantine_after;
  return { failures, not_before: now + pause, quarantined_at: quarantined ? now : null, done: false };
}
