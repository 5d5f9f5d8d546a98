/** Reasons of failed attempts. */
import { expect, test } from 'vitest';
import { failureReasonOf } from './failure-reason.ts';
import { NOTHING_RUN, resultError, type TaskResult } from './task-result.ts';

const conflict = resultError('merge_conflict', {});

test.each<[string, Partial<TaskResult>, string]>([
  ['its command says so', { exit_code: 1 }, 'reported'],
  ['its time was over', { outcome: 'timed_out', signal: 'SIGKILL' }, 'timed_out'],
  ['it was killed', { signal: 'SIGSEGV' }, 'crashed'],
  ['its work does not merge', { exit_code: 0, error: conflict }, 'conflict'],
  ['its spec names no command', { error: resultError('script_missing', {}) }, 'invalid_spec'],
  ['its provider wants a pause', { error: resultError('agent_limited', {}) }, 'rate_limited'],
  ['the machine has no room', { error: resultError('worktree_failed', {}) }, 'environment'],
])('a failed attempt has a reason: %s', (_what, result, reason) => {
  expect(failureReasonOf({ ...NOTHING_RUN, ...result })).toMatchObject({ reason });
});

test('the message comes along, cut to what is taken', () => {
  const error = { ...conflict, message: 'x'.repeat(5000) };
  expect(failureReasonOf({ ...NOTHING_RUN, error }).message).toHaveLength(2000);
  expect(failureReasonOf(NOTHING_RUN)).toEqual({ reason: 'reported' });
});
