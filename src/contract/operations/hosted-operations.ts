/**
 * Operations of the sessions that hosts keep (D8): a host reports what became of their processes; list and show.
 */
import { z } from 'zod';
import { hostedAdopted, hostedExited, hostedQuarantined, hostedRestarting, hostedSpawned, hostedStopped } from '../events/hosted-events.ts';
import { commandId, sessionId, timestamp } from '../ids.ts';
import { command, get, post, query } from '../operation.ts';

const without = { host: true } as const;
const fact = z.discriminatedUnion('kind', [
  hostedSpawned.omit(without).extend({ kind: z.literal('spawned') }),
  hostedAdopted.omit(without).extend({ kind: z.literal('adopted') }),
  hostedExited.omit(without).extend({ kind: z.literal('exited') }),
  hostedRestarting.omit(without).extend({ kind: z.literal('restarting') }),
  hostedQuarantined.omit(without).extend({ kind: z.literal('quarantined') }),
  hostedStopped.omit(without).extend({ kind: z.literal('stopped') }),
]);
/** Something that became of a session's process. */
export type ReportedFact = z.output<typeof fact>;

const hostedView = z.object({
  session_id: sessionId,
  host: z.string(),
  status: z.enum(['running', 'ended', 'restarting', 'quarantined', 'stopped']),
  pid: z.int().nullable(),
  since: timestamp,
  exit_code: z.int().nullable(),
  signal: z.int().nullable(),
  failures: z.int(),
  starts: z.int(),
  next_start: timestamp.nullable(),
});
/** A session that a host keeps, as it is shown. */
export type HostedView = z.output<typeof hostedView>;

/** What became of processes, in order. */
export const hostedReport = command(
  'Report what became of hosted sessions.',
  {
    input: z.strictObject({ host: z.string().min(1).max(256), facts: z.array(fact).min(1).max(100), command_id: commandId.optional() }),
    output: z.object({ recorded: z.int() }),
  },
  { role: 'operator', paths: [post('/hosted/report')] },
);

/** Sessions that hosts keep. */
export const hostedList = query(
  'List hosted sessions.',
  {
    input: z.strictObject({ host: z.string().max(256).optional() }),
    output: z.object({ sessions: z.array(hostedView) }),
  },
  { role: 'viewer', paths: [get('/hosted/list')] },
);

/** One of them, with the last that it showed. */
export const hostedShow = query(
  'Show a hosted session and its last screen.',
  {
    input: z.strictObject({ session_id: sessionId }),
    output: z.object({ session: hostedView, screen: z.string().nullable() }),
  },
  { role: 'viewer', paths: [get('/hosted/{session_id}')] },
);
