/** What hosts say of processes: recorded as it is, remembered within bounds. */
import { expect, test } from 'vitest';
import { snapshotOf } from '../support/invariants.ts';
import { TestSwarm, typesOf } from '../support/test-swarm.ts';

function report(swarm: TestSwarm, ...facts: readonly object[]): void {
  swarm.must('hosted.report', { host: 'box', facts: facts.map((fact) => ({ session_id: 'w1', ...fact })) });
}

test('a process is followed from its start to its quarantine, and starts are counted', () => {
  const swarm = new TestSwarm();
  report(swarm, { kind: 'spawned', pid: 7, command: 'sh' }, { kind: 'exited', pid: 7, exit_code: 1, signal: null, screen: 'broke' });
  expect(swarm.state.hosted.get('w1')).toMatchObject({ status: 'ended', pid: null, exit_code: 1, starts: 1 });
  report(swarm, { kind: 'restarting', failures: 1, at: swarm.now + 1000 });
  expect(swarm.state.hosted.get('w1')).toMatchObject({ status: 'restarting', failures: 1, next_start: swarm.now + 1000, exit_code: 1 });
  report(swarm, { kind: 'spawned', pid: 8, command: 'sh' }, { kind: 'quarantined', failures: 3, screen: 'broke' });
  expect(swarm.state.hosted.get('w1')).toMatchObject({ status: 'quarantined', failures: 3, starts: 2, next_start: null });
  report(swarm, { kind: 'adopted', pid: 9, started_at: 5 });
  const events = swarm.must('hosted.report', {
    host: 'other',
    facts: [{ kind: 'stopped', session_id: 'w1', why: 'time_over', survivors: [] }],
  });
  expect(typesOf(events)).toEqual(['hosted_stopped']);
  expect(swarm.state.hosted.get('w1')).toMatchObject({ host: 'other', status: 'stopped', pid: null });
  expect(snapshotOf(swarm.refold())).toEqual(snapshotOf(swarm.state));
});

test('a thousand are remembered; the one heard of least lately makes room', () => {
  const swarm = new TestSwarm();
  for (let number = 0; number < 1001; number += 1) {
    report(swarm, { session_id: `s${number}`, kind: 'spawned', pid: 1, command: 'sh' });
    if (number === 999) report(swarm, { session_id: 's0', kind: 'adopted', pid: 1, started_at: 0 });
  }
  expect([swarm.state.hosted.size, swarm.state.hosted.has('s0'), swarm.state.hosted.has('s1')]).toEqual([1000, true, false]);
});
