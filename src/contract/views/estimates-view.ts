/**
 * How far the estimates of the scheduler deserve trust, by kind of task.
 */
import { z } from 'zod';

const share = z.number().nullable();

/** The estimates of one kind of task, judged by what was predicted before each outcome. */
export const estimatesOfKind = z.object({
  kind: z.string().describe('A type of task; `estimated` after it: those that came with an estimate.'),
  attempts: z.int(),
  success_rate: z.number(),
  median_factor: z.number().describe('Usual duration over the estimate, or over half an hour where none came.'),
  spread: z.number().describe('Standard deviation of ln(duration ÷ expected).'),
  coverage_50: share.describe('Part of the durations inside their 50 % interval; null: too few to tell.'),
  coverage_90: share.describe('The same for 90 %.'),
  brier: share.describe('Mean squared error of the chances of success.'),
  base_rate: share.describe('The same for always predicting the usual rate.'),
  durations_trusted: z.boolean().nullable(),
  success_trusted: z.boolean().nullable(),
});
/** The estimates of one kind of task. */
export type EstimatesOfKind = z.output<typeof estimatesOfKind>;

/** The calibration report. */
export const estimatesReport = z.object({
  kinds: z.array(estimatesOfKind).describe('Those with the most attempts first; at most 100.'),
  more: z.int().describe('Kinds that are not listed.'),
});
