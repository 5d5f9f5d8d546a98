import { expect, test } from 'vitest';
import { ERRORS, type ErrorCode } from '../contract/error-catalogue.ts';
import { meaningOf, type RefusalMeaning } from './server-answer.ts';

test('each refusal has its meaning for a worker, and every other one concerns its request alone', () => {
  const codes = Object.keys(ERRORS) as ErrorCode[];
  const by = (meaning: RefusalMeaning): ErrorCode[] => codes.filter((code) => meaningOf(code) === meaning).sort();
  expect(by('replaced')).toEqual(['incarnation_stale']);
  expect(by('session_gone')).toEqual(['credential_invalid', 'session_ended', 'session_unknown']);
  expect(by('denied')).toEqual(['forbidden', 'host_refused', 'operation_unknown', 'swarm_unknown', 'unauthenticated']);
  expect(by('lease_gone')).toEqual(['lease_stale', 'not_holder', 'task_cancelled', 'task_retired', 'task_terminal', 'task_unknown']);
  expect(by('refused')).toContain('invalid_input');
});

test('what may pass is no refusal: it is tried again and never gets here', () => {
  for (const code of [
    'server_unreachable',
    'shutting_down',
    'too_many_requests',
    'journal_failed',
    'journal_removed',
    'journal_taken',
    'timed_out',
  ] as const) {
    expect(ERRORS[code].retryable).toBe(true);
  }
});
