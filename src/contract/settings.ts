/**
 * The protocol rules of a swarm (A13, A14, B5): what decides, so it enters the log. Times in seconds.
 */
import { z } from 'zod';

/** name:weight, separated by commas; no weight is 0. */
const WEIGHTS =
  /^$|^\s*[^\s:,]{1,64}:(?!0+(?:\.0+)?(?:,|$))\d{1,6}(?:\.\d{1,4})?(?:\s*,\s*[^\s:,]{1,64}:(?!0+(?:\.0+)?(?:,|$))\d{1,6}(?:\.\d{1,4})?)*$/;
const seconds = z.number().positive().max(604_800);

/** The protocol rules with their defaults. */
export const settings = z.strictObject({
  heartbeat_interval: seconds.default(60).describe('How often a session sends a heartbeat.'),
  offline_after: seconds.default(180).describe('Silence after which a session is offline and its tasks are reassigned.'),
  task_claim_timeout: seconds.default(300).describe('How long an assigned task may stay unstarted.'),
  stall_after: seconds.default(600).describe('Least time without progress before running work is probed; the learned p95 may be longer.'),
  probe_grace: seconds.default(60).describe('How long after a probe progress may still come.'),
  idle_threshold: seconds
    .default(120)
    .describe(
      'Idle time that counts for scale-down, and for how long work may lie unstarted at a full session before an idle one takes it over.',
    ),
  assignment_interval: seconds.default(10).describe('The safety pass over waiting work.'),
  health_interval: seconds.default(60).describe('Longest time between two health passes; deadlines are met exactly.'),
  metrics_interval: seconds.default(30).describe('How often a sample of the metrics is kept; 240 of them are.'),
  max_concurrent_tasks: z.int().min(1).max(1000).default(1).describe('Slots of a session that names none.'),
  collaboration_threshold: z
    .number()
    .positive()
    .default(8)
    .describe('Estimated hours above which whoever adds a task is told how to split it.'),
  unknown_capabilities: z
    .enum(['allow', 'refuse'])
    .default('allow')
    .describe('Whether a task or session may name a capability that nobody defined.'),
  detect_capabilities: z
    .enum(['off', 'suggest', 'auto'])
    .default('suggest')
    .describe('Capabilities that a history shows: only suggested, or given to the session at once.'),
  max_lost_attempts: z.int().min(1).max(1000).default(5).describe('Leases a task may lose before it has failed.'),
  finished_in_memory: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(10_000)
    .describe('Finished tasks kept in memory; older ones are read from the log.'),
  breaker_failures: z
    .int()
    .min(1)
    .max(1000)
    .default(5)
    .describe('Different tasks that a session may fail in a row before it gets nothing for a while.'),
  breaker_pause: seconds
    .default(5)
    .describe('How long such a session gets nothing; doubles each time it fails its trial, at most five minutes.'),
  policy: z.enum(['optimal', 'greedy', 'fifo']).default('optimal').describe('How a free session gets its task.'),
  max_wait: seconds
    .default(14_400)
    .describe('A task that has been ready for so long is served before everything that became ready later, whatever the priorities.'),
  straggler_action: z
    .enum(['reassign', 'copy', 'probe', 'off'])
    .default('reassign')
    .describe(
      'What happens to work that reports progress and yet runs far longer than its kind does: given to another session, or a speculative copy of it there while it goes on.',
    ),
  straggler_quantile: z
    .number()
    .min(0.5)
    .max(0.9999)
    .default(0.95)
    .describe('Part of the attempts at its kind than which such work has run longer; at least five must have ended.'),
  plan_time: z
    .number()
    .min(0)
    .max(60)
    .default(0.02)
    .describe('How long a plan is improved beside the dispatch, where durations are known well; 0: no plans.'),
  group_weights: z
    .string()
    .max(10_000)
    .regex(WEIGHTS, 'must be like web:3,docs:0.5')
    .default('')
    .describe('Shares of groups of tasks, like web:3,docs:0.5; a group that is not named weighs 1.'),
  limited_tasks: z
    .enum(['wait', 'give_back'])
    .default('wait')
    .describe('A task whose provider takes no more: it waits for the reset, or goes to sessions of other accounts at once.'),
  dead_in_memory: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(10_000)
    .describe('Tasks that failed for good kept in memory, beside the finished ones: those that can be retried.'),
});
/** The protocol rules of a swarm. */
export type Settings = z.output<typeof settings>;
/** The defaults. */
export const DEFAULT_SETTINGS: Settings = settings.parse({});
/**
 * What a log begins with before its first event: the defaults that were in force when the first logs were written, which
 * did not record them. Never changed. A log records whatever it is decided by, so a changed default changes no old log.
 */
export const FIRST_SETTINGS: Settings = Object.freeze({
  ...DEFAULT_SETTINGS,
  heartbeat_interval: 60,
  offline_after: 180,
  task_claim_timeout: 300,
  stall_after: 600,
  probe_grace: 60,
  idle_threshold: 120,
  assignment_interval: 10,
  health_interval: 60,
  metrics_interval: 30,
  max_concurrent_tasks: 1,
  collaboration_threshold: 8,
  max_lost_attempts: 5,
  finished_in_memory: 10_000,
  policy: 'greedy',
});
/** Some of the rules, to be changed. */
export const settingsPatch = z.strictObject(
  Object.fromEntries(Object.entries(settings.shape).map(([key, schema]) => [key, schema.unwrap().optional()])) as {
    [K in keyof typeof settings.shape]: z.ZodOptional<ReturnType<(typeof settings.shape)[K]['unwrap']>>;
  },
);
/** Some of the rules, to be changed. */
export type SettingsPatch = z.output<typeof settingsPatch>;
