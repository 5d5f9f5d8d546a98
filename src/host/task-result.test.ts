import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failedResult, limitResult, NOTHING_RUN, RESULT_BYTES, resultError, type TaskResult } from './task-result.ts';

const bytes = (result: TaskResult): number => Buffer.byteLength(JSON.stringify(result));

describe('a result', () => {
  test('within its limit it is left as it is', () => {
    const result = { ...NOTHING_RUN, tail: 'all good\n', changed_files: ['a.ts'], changed_files_total: 1 };
    expect(limitResult(result)).toEqual(result);
  });

  test('a long list of files is cut from its end and says how many there were', () => {
    const changed_files = Array.from({ length: 5000 }, (_, index) => `src/some/folder/file-${index}.ts`);
    const limited = limitResult({ ...NOTHING_RUN, changed_files, changed_files_total: 5000, tail: 'end' });
    expect(bytes(limited)).toBeLessThanOrEqual(RESULT_BYTES);
    expect(limited.changed_files).toEqual(changed_files.slice(0, limited.changed_files.length));
    expect(limited.changed_files.length).toBeGreaterThan(300);
    expect(limited).toMatchObject({ changed_files_total: 5000, tail: 'end' });
  });

  test('is never larger than its limit and keeps the end of the tail', () => {
    const text = (maxLength: number) => fc.string({ maxLength, unit: 'grapheme' });
    fc.assert(
      fc.property(text(9000), text(3000), text(6000), fc.array(text(300), { maxLength: 200 }), (tail, command, message, files) => {
        const result: TaskResult = {
          ...NOTHING_RUN,
          tail,
          command,
          changed_files: files,
          changed_files_total: files.length,
          conflicting_files: files,
          error: { code: 'script_failed', message },
        };
        const limited = limitResult(result);
        expect(bytes(limited)).toBeLessThanOrEqual(RESULT_BYTES);
        expect(tail.endsWith(limited.tail)).toBe(true);
        expect(limited.changed_files_total).toBe(files.length);
      }),
      { numRuns: 100 },
    );
  });

  test('a completed run that fails afterwards has failed; a run that was stopped keeps its outcome', () => {
    const error = resultError('merge_conflict', { branch: 'b', into: 'main', files: 'a.ts' });
    expect(error).toEqual({ code: 'merge_conflict', message: 'The branch b conflicts with main in a.ts.' });
    expect(failedResult({ ...NOTHING_RUN, outcome: 'completed' }, error)).toMatchObject({ outcome: 'failed', error });
    expect(failedResult({ ...NOTHING_RUN, outcome: 'timed_out' }, error).outcome).toBe('timed_out');
  });
});
