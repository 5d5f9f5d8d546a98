/**
 * How a failure looks on the wire: an RFC 9457 problem, the same over HTTP, in a batch and on the WebSocket.
 */
import { z } from 'zod';
import type { ErrorCode } from './error-catalogue.ts';
import type { ErrorParams } from './failure.ts';

/** A failure on the wire. */
export const problem = z.object({
  type: z.string().describe('`urn:tutti:error:` and the code.'),
  title: z.string().describe('The code in words; the same for every failure of this kind.'),
  status: z.int().describe('HTTP status.'),
  detail: z.string().describe('What happened.'),
  code: z.string().describe('Stable code of the error catalogue.'),
  hint: z.string().describe('What to do next.'),
  retryable: z.boolean().describe('true: sending the same thing again later can succeed.'),
  params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).describe('The values that the detail names.'),
});
/** A failure on the wire, as this server makes it. */
export interface Problem extends Readonly<Omit<z.output<typeof problem>, 'code' | 'params'>> {
  readonly code: ErrorCode;
  readonly params: ErrorParams;
}
