/**
 * What the rules know of capabilities: the definitions, and what a session did per type of task.
 * Invariants: the capabilities that come with Tutti are always defined; a tally counts what a session ended, over all its
 * incarnations. Bounds: 1,000 definitions; 200 types per session, of which the one seen first is forgotten first.
 */

import { canonicalJson } from '../task/content-hash.ts';

/** Definitions at most, the ones that come with Tutti included. */
export const CAPABILITIES_AT_MOST = 1000;
const TYPES_PER_SESSION = 200;

/** When a history shows a capability (B4). */
export interface DetectionRule {
  readonly task_types: readonly string[];
  /** It is shown once more than so many completed. */
  readonly more_than: number;
  /** Least share of completed among those that ended. */
  readonly min_success: number;
}

/** A capability. */
export interface CapabilityDefinition {
  readonly name: string;
  readonly description: string;
  readonly skills: readonly string[];
  /** What the estimate of a task that needs it is multiplied by. */
  readonly time_multiplier: number;
  readonly detection: DetectionRule | null;
}

/** What a session ended of one type. */
export interface Tally {
  completed: number;
  failed: number;
}

/** What a session ended, by type of task: the history that capabilities are detected from. */
export type Tallies = Map<string, Tally>;

/** The definitions. */
export interface CapabilityRegistry {
  readonly defined: Map<string, CapabilityDefinition>;
}

/** What comes with Tutti (B3). Numbers of B4: more than 3 builds, 5 specs, 10 marketing tasks. */
const BUILT_IN: readonly CapabilityDefinition[] = [
  builtIn('build', ['coding', 'testing', 'deployment'], 1, {
    description: 'Writes, tests and ships code.',
    detection: { task_types: ['build'], more_than: 3, min_success: 0.5 },
  }),
  builtIn('architect', ['system-design', 'planning', 'documentation'], 0.5, {
    description: 'Designs systems, plans work, writes specifications.',
    detection: { task_types: ['spec'], more_than: 5, min_success: 0.5 },
  }),
  builtIn('marketing', ['copywriting', 'social-media', 'seo'], 0.3, {
    description: 'Writes for the public and makes it found.',
    detection: { task_types: ['marketing'], more_than: 10, min_success: 0.5 },
  }),
  builtIn('research', ['data-analysis', 'competitive-research'], 0.5, {
    description: 'Finds out what is the case, from data and from others.',
    detection: null,
  }),
  builtIn('coordination', ['orchestration', 'monitoring'], 0.2, {
    description: 'Keeps the others in step and watches over the work.',
    detection: null,
  }),
];

/** The capabilities that come with Tutti. */
export function createCapabilities(): CapabilityRegistry {
  return { defined: new Map(BUILT_IN.map((each) => [each.name, each])) };
}

/** The definition of this name that comes with Tutti. */
export function builtInNamed(name: string): CapabilityDefinition | undefined {
  return BUILT_IN.find((each) => each.name === name);
}

/** True when this is just what comes with Tutti under this name. A state may have been read from a checkpoint, so the objects differ. */
export function isAsItCame(definition: CapabilityDefinition): boolean {
  const original = builtInNamed(definition.name);
  return original !== undefined && canonicalJson(original) === canonicalJson(definition);
}

/** What the estimate of a task that needs these capabilities is multiplied by before anything is learned of its kind (B3). */
export function timeMultiplier({ defined }: CapabilityRegistry, requires: readonly string[]): number {
  return requires.reduce((product, name) => product * (defined.get(name)?.time_multiplier ?? 1), 1);
}

/** Counts a task that a session ended. */
export function countEnded(tallies: Tallies, type: string, completed: boolean): void {
  let tally = tallies.get(type);
  if (tally === undefined) {
    tally = { completed: 0, failed: 0 };
    tallies.set(type, tally);
    if (tallies.size > TYPES_PER_SESSION) {
      const [oldest] = tallies.keys();
      if (oldest !== undefined) tallies.delete(oldest);
    }
  }
  if (completed) tally.completed += 1;
  else tally.failed += 1;
}

function builtIn(
  name: string,
  skills: readonly string[],
  timeMultiplier: number,
  rest: Pick<CapabilityDefinition, 'description' | 'detection'>,
): CapabilityDefinition {
  return { name, skills, time_multiplier: timeMultiplier, ...rest };
}
