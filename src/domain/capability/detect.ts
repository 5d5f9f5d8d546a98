/**
 * Which capabilities a history shows (B4): more than so many tasks of some types completed, and not mostly failed.
 */
import type { Session } from '../session/state.ts';
import type { SwarmState } from '../state.ts';
import type { CapabilityDefinition, DetectionRule, Tally } from './state.ts';

/** A capability that a history shows, with the numbers that show it. */
export interface Detected extends Tally {
  readonly capability: string;
}

/** What the session's history shows beyond its capabilities; `also` is a task that it completes just now. */
export function detectedFor(state: SwarmState, session: Pick<Session, 'id' | 'capabilities'>, also: string | null = null): Detected[] {
  const types = state.sessions.get(session.id)?.performance.tallies;
  if (types === undefined && also === null) return [];
  const found: Detected[] = [];
  for (const { name, detection } of state.capabilities.defined.values()) {
    if (detection === null || session.capabilities.includes(name)) continue;
    const tally = tallyOf(types, detection, also);
    if (isShown(detection, tally)) found.push({ capability: name, ...tally });
  }
  return found;
}

function tallyOf(types: ReadonlyMap<string, Tally> | undefined, { task_types }: DetectionRule, also: string | null): Tally {
  const tally = { completed: also !== null && task_types.includes(also) ? 1 : 0, failed: 0 };
  for (const type of task_types) {
    tally.completed += types?.get(type)?.completed ?? 0;
    tally.failed += types?.get(type)?.failed ?? 0;
  }
  return tally;
}

function isShown({ more_than, min_success }: NonNullable<CapabilityDefinition['detection']>, { completed, failed }: Tally): boolean {
  return completed > more_than && completed >= min_success * (completed + failed);
}
