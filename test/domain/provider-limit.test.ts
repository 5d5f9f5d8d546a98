/** Allowances at providers that sessions share (F3). */
import { describe, expect, test } from 'vitest';
import { decideHealth } from '../../src/domain/swarm/health.ts';
import { isLimited } from '../../src/domain/session/provider-limit.ts';
import { TestSwarm } from '../support/test-swarm.ts';

const HOUR = 3_600_000;

/** Sessions with their accounts. */
function swarmOf(accounts: Readonly<Record<string, string | null>>): TestSwarm {
  const swarm = new TestSwarm();
  for (const [session_id, account] of Object.entries(accounts))
    swarm.must('session.register', { session_id, capabilities: [], max_concurrent_tasks: 3, ...(account === null ? {} : { account }) });
  return swarm;
}

/** The session takes a task and its provider refuses it; returns the task. */
function refuse(
  swarm: TestSwarm,
  session_id: string,
  reason: 'rate' | 'usage' | 'overloaded' | 'access' | 'model' = 'usage',
  wait: number | null = HOUR,
): string {
  const task_id = swarm.add();
  const lease = swarm.claim(session_id, task_id);
  const reset_at = wait === null ? null : new Date(swarm.now + wait).toISOString();
  swarm.must('work.park', { session_id, task_id, lease, reason, reset_at });
  return task_id;
}

function limitedOnes(swarm: TestSwarm): string[] {
  return [...swarm.state.sessions.values()].filter((session) => isLimited(session, swarm.now)).map(({ id }) => id);
}

describe('F3 an allowance that sessions share', () => {
  test.each(['optimal', 'greedy', 'fifo'] as const)('%s: all of the account get nothing; others work', (policy) => {
    const swarm = swarmOf({ a1: 'a', a2: 'a', b1: 'b', lone: null });
    swarm.configure({ policy });
    refuse(swarm, 'a1');
    expect(limitedOnes(swarm)).toEqual(['a1', 'a2']);
    for (let number = 0; number < 4; number += 1) swarm.add();
    const given = swarm.dispatch('a1', 'a2').filter(({ type }) => type === 'task_assigned');
    expect(given).toEqual([]);
    expect(swarm.dispatch('b1').filter(({ type }) => type === 'task_assigned').length).toBeGreaterThan(0);
    expect(swarm.dispatch('lone').filter(({ type }) => type === 'task_assigned').length).toBeGreaterThan(0);
  });

  test('they come back after the reset, each at a moment of its own, and the dispatch knows when', () => {
    const sessions = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`s${index}`, 'a']));
    const swarm = swarmOf(sessions);
    const reset = swarm.now + HOUR;
    refuse(swarm, 's0');
    const untils = [...swarm.state.sessions.values()].map(({ limited }) => limited?.until ?? 0);
    expect(Math.min(...untils)).toBeGreaterThan(reset);
    expect(Math.max(...untils)).toBeLessThanOrEqual(reset + 121_000);
    expect(new Set(untils).size).toBe(20);
    expect(Math.max(...untils) - Math.min(...untils)).toBeGreaterThan(60_000);
    swarm.now = Math.max(...untils);
    expect(limitedOnes(swarm)).toEqual([]);
  });

  test('what runs goes on, a claim by name is its own decision, and a completed task ends the counting', () => {
    const swarm = swarmOf({ a1: 'a', a2: 'a' });
    const running = swarm.add();
    swarm.claim('a2', running);
    refuse(swarm, 'a1');
    swarm.must('work.complete', { session_id: 'a2', task_id: running, status: 'completed' });
    expect(limitedOnes(swarm)).toEqual(['a1', 'a2']);
    swarm.finish('a2', swarm.add());
    swarm.now += 2 * HOUR;
    swarm.finish('a2', swarm.add());
    expect([swarm.session('a1').limited === null, swarm.session('a2').limited]).toEqual([false, null]);
  });

  test('who registers later with the account, or again, is limited too; with another account it is not', () => {
    const swarm = swarmOf({ a1: 'a' });
    refuse(swarm, 'a1');
    swarm.must('session.register', { session_id: 'a2', capabilities: [], account: 'a' });
    swarm.must('session.register', { session_id: 'a1', capabilities: [], account: 'b' });
    swarm.must('session.register', { session_id: 'a3', capabilities: [] });
    expect(limitedOnes(swarm)).toEqual(['a2']);
    swarm.must('session.register', { session_id: 'a2', capabilities: [], account: 'a' });
    expect(limitedOnes(swarm)).toEqual(['a2']);
  });

  test("a provider's own load keeps back only the session that was refused, without an account too", () => {
    const swarm = swarmOf({ a1: 'a', a2: 'a', lone: null, other: null });
    refuse(swarm, 'a1', 'overloaded', null);
    refuse(swarm, 'lone', 'usage');
    expect(limitedOnes(swarm)).toEqual(['a1', 'lone']);
  });

  test('a shorter limit does not end a longer one, and unknown waits double with every refusal in a row', () => {
    const swarm = swarmOf({ a1: 'a' });
    const waits: number[] = [];
    for (let number = 0; number < 8; number += 1) {
      refuse(swarm, 'a1', 'rate', null);
      refuse(swarm, 'a1', 'rate', 1_000);
      const { limited } = swarm.session('a1');
      waits.push(Math.floor(((limited?.until ?? 0) - swarm.now) / 60_000));
      swarm.now = limited?.until ?? 0;
      swarm.contacts.set('a1', swarm.now);
    }
    expect(waits.map((wait, index) => wait >= 2 ** Math.min(5, index) && wait <= 2 ** Math.min(5, index) * 1.1 + 2)).toEqual(
      Array.from({ length: 8 }, () => true),
    );
  });

  test('the task waits for the reset, or goes to another account at once when the swarm is set up so', () => {
    const swarm = swarmOf({ a1: 'a', b1: 'b' });
    const waits = refuse(swarm, 'a1');
    expect(swarm.dispatch('b1')).toEqual([]);
    expect(swarm.task(waits).due_at).toBeGreaterThan(swarm.now + HOUR);
    swarm.configure({ limited_tasks: 'give_back' });
    const goes = refuse(swarm, 'b1');
    swarm.must('session.register', { session_id: 'c1', capabilities: [], account: 'c' });
    swarm.now += 1;
    swarm.record(decideHealth(swarm.state, swarm.contacts, swarm.now).filter((fact) => fact.type === 'task_due'));
    expect(swarm.dispatch('b1')).toEqual([]);
    swarm.dispatch('c1');
    expect(swarm.task(goes).lease?.session_id).toBe('c1');
  });

  test('it shows: the session, why it gets nothing, and why a task waits', async () => {
    const swarm = swarmOf({ a1: 'a' });
    refuse(swarm, 'a1');
    const task_id = swarm.add();
    const { session } = await swarm.ask('session.show', { session_id: 'a1' });
    const until = new Date(swarm.session('a1').limited?.until ?? 0).toISOString();
    expect([session.account, session.limited]).toEqual(['a', { reason: 'usage', until }]);
    const why = await swarm.ask('explain.session', { session_id: 'a1' });
    expect(why.reasons[0]).toMatchObject({ code: 'provider_limited', text: expect.stringContaining('from the account a') });
    const { task } = await swarm.ask('task.show', { task_id });
    expect(task.waiting).toMatchObject({ code: 'provider_limited' });
  });
});

describe('F3 a key or a model that is refused', () => {
  const waits = (swarm: TestSwarm, id: string): number => Math.floor(((swarm.session(id).limited?.until ?? 0) - swarm.now) / 60_000);

  test('the task is given back without blame, goes to another account at once, and one signal tells a person', async () => {
    const swarm = swarmOf({ a1: 'a', a2: 'a', b1: 'b' });
    const task_id = refuse(swarm, 'a1', 'access', null);
    expect(limitedOnes(swarm)).toEqual(['a1', 'a2']);
    expect(swarm.task(task_id)).toMatchObject({ status: 'pending', failures: 0, lost: 0 });
    refuse(swarm, 'a2', 'access', null);
    const { items } = await swarm.ask('inbox.list', {});
    expect(items.map(({ kind, title }) => [kind, title])).toEqual([
      ['signal', 'integration: The provider refuses the key of the account a'],
    ]);
    const { signal } = await swarm.ask('signal.show', { signal_id: items[0]?.item_id ?? '' });
    expect(signal.details).toContain('then start the session anew');
    swarm.now += 1;
    swarm.record(decideHealth(swarm.state, swarm.contacts, swarm.now).filter((fact) => fact.type === 'task_due'));
    swarm.dispatch('b1');
    expect(swarm.task(task_id).lease?.session_id).toBe('b1');
  });

  test('it is tried again by itself after growing pauses, at most half an hour and a bit', () => {
    const swarm = swarmOf({ a1: 'a' });
    const pauses: number[] = [];
    for (let number = 0; number < 7; number += 1) {
      refuse(swarm, 'a1', 'access', null);
      pauses.push(waits(swarm, 'a1'));
      swarm.now = swarm.session('a1').limited?.until ?? 0;
      swarm.contacts.set('a1', swarm.now);
    }
    expect(pauses.map((pause, index) => pause >= 2 ** Math.min(5, index) && pause <= 2 ** Math.min(5, index) * 1.1 + 1)).toEqual(
      pauses.map(() => true),
    );
    const { open } = swarm.state.signals;
    expect(open.size).toBe(1);
    swarm.finish('a1', swarm.add());
    expect([open.size, swarm.session('a1').limited]).toEqual([0, null]);
  });

  test('who starts anew may try at once; refused again, the pause is longer', () => {
    const swarm = swarmOf({ a1: 'a' });
    refuse(swarm, 'a1', 'access', null);
    swarm.must('session.register', { session_id: 'a1', capabilities: [], account: 'a' });
    expect(limitedOnes(swarm)).toEqual([]);
    refuse(swarm, 'a1', 'access', null);
    expect(waits(swarm, 'a1')).toBeGreaterThanOrEqual(2);
    swarm.must('session.register', { session_id: 'a1', capabilities: [], account: 'a' });
    swarm.finish('a1', swarm.add());
    expect(swarm.state.signals.open.size).toBe(0);
  });

  test('a model that is not there keeps back its session alone, and both say what to do', async () => {
    const swarm = swarmOf({ a1: 'a', a2: 'a' });
    refuse(swarm, 'a1', 'model', null);
    expect(limitedOnes(swarm)).toEqual(['a1']);
    const why = await swarm.ask('explain.session', { session_id: 'a1' });
    expect(why.reasons[0]).toMatchObject({ code: 'provider_limited', unblock: 'Name a model that there is, then start it anew.' });
    refuse(swarm, 'a2', 'access', null);
    const { task } = await swarm.ask('task.show', { task_id: swarm.add() });
    expect(task.waiting).toMatchObject({ code: 'provider_limited', text: expect.stringContaining('refuses the key or the model') });
  });
});
