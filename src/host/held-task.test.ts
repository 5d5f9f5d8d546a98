import { describe, expect, test } from 'vitest';
import { assignment } from '../../test/host/host-fixture.ts';
import { HeldTask, type HeldPhase } from './held-task.ts';

const PHASES: readonly HeldPhase[] = ['accepted', 'starting', 'preparing', 'running', 'settling', 'reporting', 'ended'];
const ALLOWED = new Set([
  'accepted>starting',
  'accepted>ended',
  'starting>preparing',
  'starting>ended',
  'preparing>running',
  'preparing>reporting',
  'preparing>ended',
  'running>settling',
  'running>reporting',
  'running>ended',
  'settling>reporting',
  'settling>ended',
  'reporting>ended',
]);
const WAY: Readonly<Record<HeldPhase, readonly HeldPhase[]>> = {
  accepted: [],
  starting: ['starting'],
  preparing: ['starting', 'preparing'],
  running: ['starting', 'preparing', 'running'],
  settling: ['starting', 'preparing', 'running', 'settling'],
  reporting: ['starting', 'preparing', 'running', 'settling', 'reporting'],
  ended: ['ended'],
};

function taskIn(phase: HeldPhase): HeldTask {
  const task = new HeldTask(assignment(7));
  for (const step of WAY[phase]) task.enter(step);
  return task;
}

describe('a held task', () => {
  test.each(PHASES.flatMap((from) => PHASES.map((to) => [from, to] as const)))('from %s to %s', (from, to) => {
    const task = taskIn(from);
    if (ALLOWED.has(`${from}>${to}`)) {
      task.enter(to);
      expect(task.phase).toBe(to);
    } else {
      expect(() => task.enter(to)).toThrow(`cannot go from ${from} to ${to}`);
      expect(task.phase).toBe(from);
    }
  });

  test('keeps the first reason of its withdrawal and stops its run once', () => {
    const task = taskIn('running');
    let stops = 0;
    task.signal.addEventListener('abort', () => (stops += 1));
    task.withdraw({ kind: 'revoked', reason: 'first' });
    task.withdraw({ kind: 'leaving', reason: 'second' });
    expect({ withdrawal: task.withdrawal, stops }).toEqual({ withdrawal: { kind: 'revoked', reason: 'first' }, stops: 1 });
  });

  test('cannot be withdrawn after its end', () => {
    const task = taskIn('ended');
    task.withdraw({ kind: 'revoked', reason: 'late' });
    expect({ withdrawal: task.withdrawal, aborted: task.signal.aborted }).toEqual({ withdrawal: null, aborted: false });
  });
});
