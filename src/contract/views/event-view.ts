/**
 * An event as it leaves Tutti: in lists, on the WebSocket, in exports.
 */
import { z } from 'zod';
import { sequence, timestamp } from '../ids.ts';

/** An event as it leaves Tutti. */
export const eventView = z.object({
  seq: sequence,
  time: timestamp,
  type: z.string(),
  version: z.int(),
  actor: z.string(),
  command_id: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
});
/** An event as it leaves Tutti. */
export type EventView = z.output<typeof eventView>;
