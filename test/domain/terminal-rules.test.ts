/** The keyboards of terminals: one writer at a time, and every change of hands is a fact. */
import { expect, test } from 'vitest';
import { brokenInvariants, snapshotOf } from '../support/invariants.ts';
import { dataOf, TestSwarm, typesOf } from '../support/test-swarm.ts';

const ADA = { actor: 'role:operator', credential: null };

function taken(swarm: TestSwarm, more: object = {}): number {
  const events = swarm.must('terminal.take', { session_id: 'w1', ...more }, ADA);
  return events.find(({ type }) => type === 'terminal_taken')?.seq ?? 0;
}

function settled(swarm: TestSwarm): void {
  expect(brokenInvariants(swarm.state)).toEqual([]);
  expect(snapshotOf(swarm.refold())).toEqual(snapshotOf(swarm.state));
}

test('one has the keyboard at a time: another one is refused, takes it by force, and the first has it no more', () => {
  const swarm = new TestSwarm();
  const first = taken(swarm, { holder: 'Ada' });
  expect(swarm.state.terminals.get('w1')).toMatchObject({ number: first, by: 'role:operator', holder: 'Ada' });
  expect(typesOf(swarm.run('terminal.take', { session_id: 'w1' }))).toBe('terminal_taken');
  expect(taken(swarm, { session_id: 'w2' })).toBeGreaterThan(first);
  const forced = swarm.must('terminal.take', { session_id: 'w1', force: true });
  expect(typesOf(forced)).toEqual(['terminal_released', 'terminal_taken']);
  expect(dataOf(forced, 'terminal_released')).toMatchObject({ control: first, by: 'role:operator', reason: 'taken_over' });
  expect(typesOf(swarm.run('terminal.release', { session_id: 'w1', control: first }))).toBe('terminal_not_held');
  expect(typesOf(swarm.run('terminal.take', { session_id: 'w1', control: first }))).toBe('terminal_not_held');
  settled(swarm);
});

test('it ends by itself when its time is over, unless it is kept for longer', () => {
  const swarm = new TestSwarm();
  const control = taken(swarm, { seconds: 10 });
  swarm.now += 9_000;
  expect(typesOf(swarm.must('terminal.take', { session_id: 'w1', seconds: 10, control }))).toEqual(['terminal_extended']);
  swarm.now += 9_999;
  expect(swarm.state.terminals.get('w1')?.expires_at).toBe(swarm.now + 1);
  swarm.now += 1;
  expect(typesOf(swarm.run('terminal.take', { session_id: 'w1', control }))).toBe('terminal_not_held');
  const ended = swarm.pass(1);
  expect(dataOf(ended, 'terminal_released')).toMatchObject({ control, reason: 'expired' });
  expect(swarm.state.terminals.size).toBe(0);
  settled(swarm);
});

test('what has expired makes room before the health pass has come by', () => {
  const swarm = new TestSwarm();
  taken(swarm, { seconds: 10 });
  swarm.now += 10_000;
  expect(typesOf(swarm.must('terminal.take', { session_id: 'w1' }))).toEqual(['terminal_released', 'terminal_taken']);
  settled(swarm);
});

test('no more than a thousand are held at once', () => {
  const swarm = new TestSwarm();
  for (let number = 0; number < 1000; number += 1) taken(swarm, { session_id: `s${number}` });
  expect(typesOf(swarm.run('terminal.take', { session_id: 'one-more' }))).toBe('too_many_requests');
  expect(typesOf(swarm.must('terminal.release', { session_id: 's0', control: swarm.state.terminals.get('s0')?.number }))).toEqual([
    'terminal_released',
  ]);
  taken(swarm, { session_id: 'one-more' });
});
