/**
 * A moment of a swarm: the number of its last event, a time, or how long ago. Every query takes one as `at`.
 */
import { z } from 'zod';
import { sequence } from './ids.ts';

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;
const AGO = /^-(\d{1,9}(?:\.\d{1,3})?)([smhd])$/;
const SEQUENCE = /^\d{1,15}$/;
const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A moment as it is given. */
export const moment = z
  .union([
    sequence,
    z
      .string()
      .max(40)
      .refine((text) => SEQUENCE.test(text) || AGO.test(text) || (ISO.test(text) && !Number.isNaN(Date.parse(text))), {
        error: 'must be the number of an event, a time such as 2026-11-21T09:30:00Z, or how long ago, such as -10m',
      }),
  ])
  .describe('A moment: the number of the last event then, a time (ISO 8601 with its zone), or how long ago (-90s, -10m, -2h, -1d).');
/** A moment as it is given. */
export type Moment = z.output<typeof moment>;

/** Where a moment is in a log: after this event, or after the last one that had happened by this time (ms since 1970). */
export type MomentPlace = { readonly seq: number } | { readonly time: number };

/** Where a valid moment is. `now` is in ms since 1970. */
export function placeOfMoment(given: Moment, now: number): MomentPlace {
  if (typeof given === 'number') return { seq: given };
  if (SEQUENCE.test(given)) return { seq: Number(given) };
  const [, amount, unit] = AGO.exec(given) ?? [];
  if (amount === undefined) return { time: Date.parse(given) };
  return { time: now - Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS] };
}
