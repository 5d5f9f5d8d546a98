/**
 * Events of the swarm as a whole.
 */
import { z } from 'zod';
import { sequence } from '../ids.ts';
import { settingsPatch } from '../settings.ts';

/** Protocol rules changed. */
export const configApplied = z.object({ settings: settingsPatch });

/** What is paused: everything, one capability, or one session. */
export const pauseScope = z.enum(['swarm', 'capability', 'session']);
/** What is paused. */
export type PauseScope = z.output<typeof pauseScope>;

/** Nothing new is given out or claimed there; what runs goes on. */
export const workPaused = z.object({ scope: pauseScope, target: z.string(), reason: z.string().nullable() });

/** Work is given out there again. */
export const workResumed = z.object({ scope: pauseScope, target: z.string() });

/** A writer took over this log; every lease and session gets one grace period from now. */
export const swarmRecovered = z.object({ writer: z.string() });

/** In place of an event that a repair could not keep: its number stays taken, so that all others keep theirs. */
export const eventLost = z.object({
  /** unreadable: nothing proves what it was; unfit: it follows one that was lost. */
  reason: z.enum(['unreadable', 'unfit']),
  /** The type it had, when that is known. */
  was: z.string().nullable(),
});

/** What a rollback can bring back. */
export const rollbackPart = z.enum([
  'tasks',
  'settings',
  'knowledge',
  'resources',
  'limits',
  'schedules',
  'capabilities',
  'pauses',
  'budgets',
  'signals',
  'decisions',
]);
/** What a rollback can bring back. */
export type RollbackPart = z.output<typeof rollbackPart>;

/** What a rollback changes, one of it. */
type RollbackKind =
  | 'task'
  | 'setting'
  | 'knowledge'
  | 'resource'
  | 'limit'
  | 'schedule'
  | 'capability'
  | 'pause'
  | 'budget'
  | 'signal'
  | 'decision';

/** Something that is not as it was and stays so; of what no rollback touches, too. */
export interface KeptThing {
  readonly kind: RollbackKind | 'message' | 'mailbox' | 'lock' | 'session' | 'colleague' | 'usage';
  /** Empty: all of its kind. */
  readonly id: string;
  readonly reason: string;
}

/** The events that follow, of the same command, bring things back to how they were after event `to_seq`. */
export const swarmRolledBack = z.object({
  to_seq: sequence,
  /** ms since 1970. */
  to_time: z.number(),
  parts: z.array(rollbackPart),
  changed: z.int(),
  /** What is not as it was then and stays so: the first of them, and how many there are. */
  kept: z.array(z.object({ kind: z.string(), id: z.string(), reason: z.string() })),
  kept_total: z.int(),
  /** The rest needs another rollback. */
  more: z.boolean(),
});
