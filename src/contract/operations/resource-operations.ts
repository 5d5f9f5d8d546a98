/**
 * Operations of named resources and of limits.
 */
import { z } from 'zod';
import { commandId, limitKey, resourceName } from '../ids.ts';
import { command, get, post, query } from '../operation.ts';
import { limitView, portRange, rateLimit, resourceView } from '../views/resource-view.ts';

const common = { resource: resourceName, description: z.string().min(1).max(2000).optional(), command_id: commandId.optional() };

/** Setting it again changes it; leases keep what they hold. */
export const resourceSet = command(
  'Set a resource: its capacity, or its range of ports. A capacity below what is in use drains.',
  {
    input: z.union([
      z.strictObject({ ...common, capacity: z.int().min(0).max(1_000_000) }),
      z.strictObject({ ...common, ports: portRange }),
    ]),
    output: z.object({ resource: resourceView }),
  },
  { role: 'operator', paths: [post('/resource/set')] },
);

/** Resources in the order they were set first. */
export const resourceList = query(
  'List resources: capacity, use, and who waits.',
  {
    input: z.strictObject({ cursor: z.string().max(512).optional(), limit: z.int().min(1).max(1000).optional() }),
    output: z.object({ resources: z.array(resourceView), next_cursor: z.string().nullable() }),
  },
  { role: 'viewer', paths: [get('/resource/list'), get('/api/resources')], tool: 'list_resources' },
);

/** One resource. */
export const resourceShow = query(
  'Show one resource and the tasks that hold it.',
  { input: z.strictObject({ resource: resourceName }), output: z.object({ resource: resourceView }) },
  { role: 'viewer', paths: [get('/resource/{resource}'), get('/api/resources/{resource}')] },
);

/** Refused while unfinished tasks ask for it. */
export const resourceRemove = command(
  'Remove a resource that no unfinished task asks for.',
  {
    input: z.strictObject({ resource: resourceName, command_id: commandId.optional() }),
    output: z.object({ resource: resourceName, status: z.literal('removed') }),
  },
  { role: 'operator', paths: [post('/resource/{resource}/remove')] },
);

/** Replaces what was set for this key. */
export const limitSet = command(
  'Limit the tasks of a key: how many run at the same time, or how many start per time.',
  {
    input: z.strictObject({
      key: limitKey,
      concurrency: z.int().min(0).max(1_000_000).nullable().optional(),
      rate: rateLimit.nullable().optional(),
      command_id: commandId.optional(),
    }),
    output: z.object({ limit: limitView }),
  },
  { role: 'operator', paths: [post('/limit/set')] },
);

/** Configured ones, and those that unfinished tasks name. */
export const limitList = query(
  'List limits and what runs under them.',
  {
    input: z.strictObject({}),
    output: z.object({ limits: z.array(limitView).describe('At most 10,000.') }),
  },
  { role: 'viewer', paths: [get('/limit/list'), get('/api/limits')] },
);

/** What tasks say themselves goes on. */
export const limitRemove = command(
  'Remove the limit of a key.',
  {
    input: z.strictObject({ key: limitKey, command_id: commandId.optional() }),
    output: z.object({ key: limitKey, status: z.literal('removed') }),
  },
  { role: 'operator', paths: [post('/limit/remove')] },
);
