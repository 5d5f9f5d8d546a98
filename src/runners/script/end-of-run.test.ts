import { expect, test } from 'vitest';
import { endOfRun } from './end-of-run.ts';

const request = { task_id: 'build-001', log_file: 'build-001.log' };
const facts = { exit_code: 0, signal: null, duration_ms: 5 };

test('a run that left processes behind has failed, even with exit code 0', () => {
  const end = endOfRun(request, { ...facts, survivors: [41, 42] });
  expect(end).toEqual({ outcome: 'failed', refusal: { refused: 'processes_left', params: { task_id: 'build-001', pids: '41, 42' } } });
});

test('exit code 0 is completed, another one or a signal is failed and says which', () => {
  expect(endOfRun(request, facts)).toEqual({ outcome: 'completed', refusal: null });
  expect(endOfRun(request, { ...facts, exit_code: 3 }).refusal?.params['how']).toBe('exit code 3');
  expect(endOfRun(request, { ...facts, exit_code: null, signal: 'SIGSEGV' }).refusal?.params['how']).toBe('the signal SIGSEGV');
});
