/**
 * Operations that explain: why a task is not running or runs where it does, why a session is idle (F1, F10), and how
 * far the estimates behind it deserve trust.
 */
import { z } from 'zod';
import { sessionId, taskId } from '../ids.ts';
import { get, query } from '../operation.ts';
import { estimatesReport } from '../views/estimates-view.ts';
import { sessionExplanation, taskExplanation } from '../views/explain-view.ts';

/** F10 for a task, F1 for its assignment. */
export const explainTask = query(
  'Say why a task is not running, and what would change that; or why it runs where it does.',
  { input: z.strictObject({ task_id: taskId }), output: taskExplanation },
  { role: 'viewer', paths: [get('/why/task/{task_id}'), get('/api/why/task/{task_id}')], tool: 'why_task' },
);

/** F10 for a session. */
export const explainSession = query(
  'Say why a session gets no task, or why it holds those it has.',
  { input: z.strictObject({ session_id: sessionId }), output: sessionExplanation },
  { role: 'viewer', paths: [get('/why/session/{session_id}'), get('/api/why/session/{session_id}')], tool: 'why_session' },
);

/** F1: calibration. */
export const explainEstimates = query(
  'Say what is expected of each kind of task, and how far these expectations deserve trust.',
  { input: z.strictObject({}), output: estimatesReport },
  { role: 'viewer', paths: [get('/why/estimates'), get('/api/why/estimates')], tool: 'why_estimates' },
);
