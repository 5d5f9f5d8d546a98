/**
 * Resources and limits as they are shown.
 */
import { z } from 'zod';
import { limitKey, resourceName, taskId } from '../ids.ts';

/** Numbers of ports, both ends included. */
export const portRange = z
  .strictObject({ from: z.int().min(1).max(65_535), to: z.int().min(1).max(65_535) })
  .describe('Both ends included.');
/** So many starts within so many seconds, all at once at most. */
export const rateLimit = z
  .strictObject({ count: z.int().min(1).max(1_000_000), per_seconds: z.number().min(0.001).max(2_592_000) })
  .describe('At most `count` tasks start within `per_seconds`; a bucket of `count` tokens that fills evenly.');
/** Amounts by resource. */
export const resourceAmounts = z
  .record(resourceName, z.int().min(1).max(1_000_000))
  .describe('Amounts of named resources that it holds while a session holds it.');
/** How many tasks of a key may run at the same time. */
export const taskConcurrency = z
  .strictObject({ key: limitKey, limit: z.int().min(1).max(1_000_000) })
  .describe('At most `limit` tasks of this key run at the same time.');

/** A resource as it is shown. */
export const resourceView = z.object({
  resource: resourceName,
  description: z.string(),
  capacity: z.int(),
  ports: portRange.nullable().describe('A range of ports: its capacity is their number, and a task is told which it got.'),
  in_use: z.int(),
  free: z.int().describe('0 while it drains.'),
  draining: z.boolean().describe('true: more is in use than its capacity, which was lowered; nothing starts until that is over.'),
  held_by: z.array(z.object({ task_id: taskId, amount: z.int(), ports: z.array(z.int()) })).describe('At most 100.'),
  waiting: z.int().describe('Tasks that only wait for what they need and ask for some of it.'),
});
/** A resource as it is shown. */
export type ResourceView = z.output<typeof resourceView>;

/** A limit as it is shown. */
export const limitView = z.object({
  key: limitKey,
  concurrency: z.int().nullable(),
  rate: rateLimit.nullable(),
  running: z.int(),
  tokens: z.number().nullable().describe('Starts that the rate allows now.'),
  waiting: z.int(),
  configured: z.boolean().describe('false: only tasks name it.'),
});
/** A limit as it is shown. */
export type LimitView = z.output<typeof limitView>;
