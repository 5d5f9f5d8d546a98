/**
 * Events of signals (C4) and of requests for colleagues (D3).
 */
import { z } from 'zod';
import { colleagueRequestId, sessionId, signalId, taskId, textOrObject } from '../ids.ts';

/** What a signal is about. */
export const signalType = z.enum(['requirement', 'decision_needed', 'innovation', 'quality_issue', 'integration']);
/** How soon somebody should look at it. */
export const urgency = z.enum(['low', 'medium', 'high', 'critical']);
/** How soon somebody should look at it. */
export type Urgency = z.output<typeof urgency>;
/** How a signal ended. */
export const signalOutcome = z.enum(['resolved', 'dismissed']);
/** How a request for a colleague ended. */
export const colleagueOutcome = z.enum(['started', 'declined', 'withdrawn']);

/** Somebody noticed something. */
export const signalRaised = z.object({
  signal_id: signalId,
  type: signalType,
  title: z.string(),
  details: textOrObject.nullable(),
  evidence: z.array(z.string()),
  urgency,
  impact: z.string().nullable(),
  raised_by: z.string(),
  session_id: sessionId.nullable(),
  task_id: taskId.nullable(),
});

/** It was dealt with. */
export const signalResolved = z.object({
  signal_id: signalId,
  outcome: signalOutcome,
  resolution: z.string(),
  resolved_by: z.string(),
});

/** A session needs somebody beside it. */
export const colleagueRequested = z.object({
  request_id: colleagueRequestId,
  role: z.string(),
  name: z.string().nullable(),
  instructions: z.string(),
  requested_by: z.string(),
  session_id: sessionId.nullable(),
  task_id: taskId.nullable(),
});

/** The colleague is there, or will not come. */
export const colleagueSettled = z.object({
  request_id: colleagueRequestId,
  outcome: colleagueOutcome,
  /** The session that was started. */
  session_id: sessionId.nullable(),
  reason: z.string().nullable(),
  settled_by: z.string(),
});
