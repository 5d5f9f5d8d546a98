/**
 * Operations of locks (E9): acquire, renew, release, list, check.
 * Nothing waits for a lock: who is refused is told the holder and the time, and may follow the event lock_released.
 */
import { z } from 'zod';
import { commandId, fencingToken, lockName, sessionId, timestamp } from '../ids.ts';
import { command, get, post, query } from '../operation.ts';
import { lockView } from '../views/lock-view.ts';

const ttlSeconds = z.number().min(1).max(86_400).describe('How long it lasts unless it is renewed; 1 s to a day.');
const heldToken = fencingToken.optional().describe('Token of the lock; left out: whatever the session holds under this name.');

/** Asking again for a lock one holds renews it, under the same token. */
export const lockAcquire = command(
  'Lock a name or files against every other session; refused when another holds a lock that conflicts.',
  {
    input: z.strictObject({
      session_id: sessionId,
      name: lockName,
      ttl_seconds: ttlSeconds.optional().describe('How long it lasts unless it is renewed; 1 s to a day, default 300.'),
      reason: z.string().max(500).optional(),
      command_id: commandId.optional(),
    }),
    output: z.object({ status: z.literal('acquired'), name: lockName, session_id: sessionId, token: fencingToken, expires_at: timestamp }),
  },
  { role: 'worker', paths: [post('/lock/acquire')], tool: 'acquire_lock' },
);

/** The time counts from now; left out it is as long as before. */
export const lockRenew = command(
  'Keep a lock for longer.',
  {
    input: z.strictObject({
      session_id: sessionId,
      name: lockName,
      token: heldToken,
      ttl_seconds: ttlSeconds.optional(),
      command_id: commandId.optional(),
    }),
    output: z.object({ status: z.literal('renewed'), name: lockName, token: fencingToken, expires_at: timestamp }),
  },
  { role: 'worker', paths: [post('/lock/renew')], tool: 'renew_lock' },
);

/** Gives a lock back. */
export const lockRelease = command(
  'Release a lock.',
  {
    input: z.strictObject({ session_id: sessionId, name: lockName, token: heldToken, command_id: commandId.optional() }),
    output: z.object({ status: z.literal('released'), name: lockName, token: fencingToken }),
  },
  { role: 'worker', paths: [post('/lock/release')], tool: 'release_lock' },
);

/** Locks in the order they were granted. */
export const lockList = query(
  'List the locks that are held.',
  {
    input: z.strictObject({
      session_id: sessionId.optional(),
      conflicts_with: lockName.optional().describe('Only locks that would keep another session from this one.'),
      cursor: z.string().max(512).optional(),
      limit: z.int().min(1).max(1000).optional(),
    }),
    output: z.object({ locks: z.array(lockView), next_cursor: z.string().nullable() }),
  },
  { role: 'viewer', paths: [get('/lock/list'), get('/api/locks')], tool: 'list_locks' },
);

/** For whoever guards a resource: asked before the damage could happen. */
export const lockCheck = query(
  'Check whether a fencing token is good for a name or path right now.',
  {
    input: z.strictObject({ name: lockName.describe('The name of the lock, or a path that its glob covers.'), token: fencingToken }),
    output: z.object({
      valid: z.boolean(),
      reason: z
        .enum(['held', 'expired', 'stale', 'not_covered'])
        .describe('held: valid; stale: no lock has this token any more; not_covered: its lock is on something else.'),
      lock: lockView.nullable().describe('The lock of this token.'),
    }),
  },
  { role: 'viewer', paths: [get('/lock/check')], tool: 'check_lock' },
);
