/**
 * Operations of the sessions that hosts keep (D8): a host reports what became of their processes; list and show.
 */
import { z } from 'zod';
import { hostedAdopted, hostedExited, hostedQuarantined, hostedRestarting, hostedSpawned, hostedStopped } from '../events/hosted-events.ts';
import { commandId, sessionId, timestamp } from '../ids.ts';
import { command, get, post, query } from '../operation.ts';

const fact = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('spawned'), ...hostedSpawned.omit({ host: true }).shape }),
  z.strictObject({ kind: z.literal('adopted'), ...hostedAdopted.omit({ host: true }).shape }),
  z.strictObject({ kind: z.literal('exited'), ...hostedExited.omit({ host: true }).shape }),
  z.strictObject({ kind: z.literal('restarting'), ...hostedRestarting.omit({ host: true }).shape }),
  z.strictObject({ kind: z.literal('quarantined'), ...hostedQuarantined.omit({ host: true }).shape }),
  z.strictObject({ kind: z.literal('stopped'), ...hostedStopped.omit({ host: true }).shape }),
]);
/** Something that became of a session's process. */
export type ReportedFact = z.output<typeof fact>;

const hostedView = z.object({
  session_id: sessionId,
  host: z.string(),
  status: z.enum(['running', 'ended', 'restarting', 'quarantined', 'stopped']),
  pid: z.int().nullable(),
  since: timestamp.describe('When it came into this status.'),
  exit_code: z.int().nullable().describe('Of the last end of its process.'),
  signal: z.int().nullable(),
  failures: z.int().describe('Ends in a row.'),
  starts: z.int().describe('Starts that the log knows of.'),
  next_start: timestamp.nullable(),
});
/** A session that a host keeps, as it is shown. */
export type HostedView = z.output<typeof hostedView>;

/** What became of processes, in order. */
export const hostedReport = command(
  'Say what became of the sessions that a host keeps.',
  {
    input: z.strictObject({ host: z.string().min(1).max(256), facts: z.array(fact).min(1).max(100), command_id: commandId.optional() }),
    output: z.object({ recorded: z.int() }),
  },
  { role: 'operator', paths: [post('/hosted/report')] },
);

/** Sessions that hosts keep. */
export const hostedList = query(
  'List the sessions that hosts keep, and what became of their processes.',
  {
    input: z.strictObject({ host: z.string().max(256).optional() }),
    output: z.object({ sessions: z.array(hostedView) }),
  },
  { role: 'viewer', paths: [get('/hosted/list'), get('/api/hosted')] },
);

/** One of them, with the last that it showed. */
export const hostedShow = query(
  'Show one session that a host keeps, with the last screen of a process that ended.',
  {
    input: z.strictObject({ session_id: sessionId }),
    output: z.object({ session: hostedView, screen: z.string().nullable() }),
  },
  { role: 'viewer', paths: [get('/hosted/{session_id}'), get('/api/hosted/{session_id}')] },
);
