/**
 * What is paused: the swarm, capabilities, sessions. What runs goes on; nothing new is given out or claimed there.
 * Invariant: a pause lasts until somebody resumes it, whoever registers, leaves or takes over meanwhile.
 * Bounds: 1,000 capabilities; sessions as many as are remembered.
 */
import type { PauseScope } from '../../contract/events/swarm-events.ts';
import { refusal } from '../refuse.ts';
import type { Refusal } from '../../contract/failure.ts';

/** Capabilities that may be paused at once. */
export const PAUSED_CAPABILITIES = 1000;

/** A pause. */
export interface Pause {
  readonly scope: PauseScope;
  /** The capability or session; empty for the swarm. */
  readonly target: string;
  readonly reason: string | null;
  readonly by: string;
  /** ms since 1970. */
  readonly since: number;
}

/** Everything that is paused. */
export interface Pauses {
  swarm: Pause | null;
  readonly capabilities: Map<string, Pause>;
  readonly sessions: Map<string, Pause>;
}

/** Nothing is paused. */
export function createPauses(): Pauses {
  return { swarm: null, capabilities: new Map(), sessions: new Map() };
}

/** The pause of one thing, or null. */
export function pauseOf(pauses: Pauses, scope: PauseScope, target: string): Pause | null {
  if (scope === 'swarm') return pauses.swarm;
  return (scope === 'capability' ? pauses.capabilities : pauses.sessions).get(target) ?? null;
}

/** Everything that is paused, the swarm first. */
export function allPauses({ swarm, capabilities, sessions }: Pauses): Pause[] {
  return [...(swarm === null ? [] : [swarm]), ...capabilities.values(), ...sessions.values()];
}

/** The pause that keeps a task with this need from beginning, or null. */
function pauseOfWork({ swarm, capabilities }: Pauses, capability: string | null): Pause | null {
  return swarm ?? (capability === null ? null : (capabilities.get(capability) ?? null));
}

/** Why a session may not begin a task now, or null. */
export function refusePaused(pauses: Pauses, sessionId: string, capability: string | null): Refusal | null {
  const pause = pauseOfWork(pauses, capability) ?? pauses.sessions.get(sessionId) ?? null;
  return pause === null ? null : refusal('work_paused', { what: pausedThing(pause), reason: pause.reason ?? '' });
}

/** What is paused, in words. */
export function pausedThing({ scope, target }: Pause): string {
  return scope === 'swarm' ? 'the swarm' : `the ${scope} ${target}`;
}
