/**
 * Many calls in one request. Every call is answered for itself, as if it had come alone: one that fails changes nothing
 * of the others. The calls run side by side and share the wait for the disk; the answers come in the order of the calls.
 */
import { z } from 'zod';
import { BATCH_CALLS } from './doors.ts';
import { problem } from './problem.ts';

/** One call. */
export const batchCall = z.strictObject({
  operation: z.string().max(64).describe('Name of an operation, for example work.claim.'),
  input: z.unknown().optional().describe('Its input; left out: an empty object.'),
  credential: z.string().max(2048).optional().describe("Credential of this call's session, in place of the one in the header."),
});
/** One call. */
export type BatchCall = z.output<typeof batchCall>;

/** Many calls. */
export const batchInput = z.strictObject({ calls: z.array(batchCall).min(1).max(BATCH_CALLS) });

/** The answer to one call: its output, or why not. */
export const batchResult = z.union([
  z.object({ ok: z.literal(true), output: z.unknown() }),
  z.object({ ok: z.literal(false), error: problem }),
]);

/** The answers, in the order of the calls. */
export const batchOutput = z.object({ results: z.array(batchResult) });
