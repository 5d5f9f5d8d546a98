/**
 * Reads the result that a worker delivered: what came of a task in one line, and what it changed.
 */
import { z } from 'zod';
import { cleanLine, cleanText } from '../cli/output/clean-text.ts';

const workerResult = z.object({
  tail: z.string(),
  exit_code: z.number().nullable(),
  commit: z.string().nullable(),
  changed_files_total: z.number(),
  merged_into: z.string().optional(),
  error: z.object({ message: z.string() }).optional(),
});

/** The part of a worker's result that the demo looks at. */
export type WorkerResult = z.output<typeof workerResult>;

/** The result of an event; null when it carries none. */
export function resultIn(result: unknown): WorkerResult | null {
  const read = workerResult.safeParse(result);
  return read.success ? read.data : null;
}

/** What came of a task, in one line: its last line of output, or why it failed. */
export function findingOf({ data }: { readonly data: { readonly result?: unknown; readonly reason?: string } }): string {
  const result = resultIn(data.result);
  if (result === null) return (data.reason ?? '').replaceAll('_', ' ');
  const [last = ''] = cleanText(result.tail)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('::'))
    .slice(-1);
  if (result.error !== undefined)
    return result.exit_code === 0 || last === '' ? cleanLine(result.error.message) : `exit code ${result.exit_code}: ${last}`;
  return last === '' ? `Exit code ${result.exit_code}, nothing to report.` : last;
}
