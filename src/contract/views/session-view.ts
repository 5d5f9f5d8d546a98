/**
 * A session as it is shown (A11).
 */
import { z } from 'zod';
import { decisionId, limitKind, sessionId, sessionMode, sessionStatus, taskId, timestamp, userContext } from '../ids.ts';

/** What a session has achieved. */
const performanceView = z.object({
  tasks_completed: z.int(),
  tasks_failed: z.int(),
  avg_task_time: z.number().nullable().describe('Mean minutes of its completed tasks.'),
  success_rate: z.number().describe('Completed ÷ ended tasks; 1 before the first.'),
  score: z.number().describe('(completed + 2) ÷ (ended + 3).'),
});

/** A session as it is shown. */
export const sessionView = z.object({
  id: sessionId,
  status: sessionStatus,
  capabilities: z.array(z.string()),
  specialties: z.array(z.string()),
  role: z.string().nullable(),
  runner: z.string().nullable(),
  host: z.string().nullable(),
  mode: sessionMode,
  lifecycle: z.object({ status: sessionStatus, last_activity: timestamp }),
  user_context: userContext.nullable(),
  max_concurrent_tasks: z.int(),
  current_task: taskId.nullable(),
  current_task_id: taskId.nullable(),
  tasks: z.array(taskId).describe('Every task it holds.'),
  waiting_for_person: z.array(decisionId).describe('Open questions that it waits for.'),
  incarnation: z.int(),
  account: z.string().nullable().describe('Whose allowance at a provider it uses; sessions with the same one wait together.'),
  limited: z
    .object({ reason: limitKind, until: timestamp, message: z.string().optional().describe('What the provider said.') })
    .nullable()
    .describe('Its provider takes no more: until then it gets nothing new.'),
  paused: z.boolean().describe('It finishes what it has and gets nothing new.'),
  registered_at: timestamp,
  last_heartbeat: timestamp.nullable(),
  deregistered_at: timestamp.nullable(),
  performance: performanceView,
  performance_score: z.number(),
  breaker: z
    .object({
      state: z.enum(['closed', 'open', 'half_open']),
      failures: z.int().describe('Different tasks that failed here since it completed one.'),
      until: timestamp.nullable().describe('When an open one lets it try again.'),
    })
    .describe('Open: it failed again and again, and gets nothing for a while. Half open: it gets one task to try.'),
});
/** A session as it is shown. */
export type SessionView = z.output<typeof sessionView>;
