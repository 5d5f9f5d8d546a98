/**
 * The rules of usage, budgets and parked work, given/when/then.
 */
import { describe, expect, test } from 'vitest';
import { decideHealth } from '../../src/domain/swarm/health.ts';
import { dataOf, TestSwarm, typesOf } from '../support/test-swarm.ts';

function given(): TestSwarm {
  const swarm = new TestSwarm();
  swarm.register('s1', [], 3);
  swarm.register('s2');
  return swarm;
}

const use = (swarm: TestSwarm, session_id: string, more: object) => swarm.must('usage.report', { session_id, ...more });

describe('F3 usage', () => {
  test('adds up for the task, its session and the swarm; estimates and what nobody prices are told apart', async () => {
    const swarm = given();
    const task_id = swarm.add();
    swarm.claim('s1', task_id);
    use(swarm, 's1', { task_id, model: 'm', tokens_in: 10, tokens_out: 5, cache_read: 3, cache_write: 2, cost_usd: 0.5 });
    use(swarm, 's1', { task_id, tokens_in: 100, cost_usd: 0.25, estimated: true });
    use(swarm, 's2', { tokens_out: 7 });
    expect(await swarm.ask('usage.show', { task_id })).toEqual({
      budget: null,
      usage: {
        tokens: 120,
        tokens_in: 110,
        tokens_out: 5,
        cache_read: 3,
        cache_write: 2,
        cost_usd: 0.75,
        estimated_usd: 0.25,
        unpriced_tokens: 0,
        runs: 2,
      },
    });
    expect((await swarm.ask('usage.show', { session_id: 's2' })).usage).toMatchObject({ tokens: 7, unpriced_tokens: 7, cost_usd: 0 });
    expect((await swarm.ask('budget.list', {})).usage).toMatchObject({ tokens: 127, runs: 3 });
    const listed = async (by: 'session' | 'model'): Promise<unknown> =>
      (await swarm.ask('usage.list', { by })).usage.map(({ name, usage }) => [name, usage.tokens, usage.cost_usd]);
    expect(await listed('model')).toEqual([
      ['m', 20, 0.5],
      ['', 107, 0.25],
    ]);
    expect(await listed('session')).toEqual([
      ['s1', 120, 0.75],
      ['s2', 7, 0],
    ]);
  });

  test('a cost that comes later says which tokens it prices: they are unpriced no more', async () => {
    const swarm = given();
    const task_id = swarm.add();
    swarm.claim('s1', task_id);
    const shown = async (): Promise<object> => (await swarm.ask('usage.show', { task_id })).usage;
    use(swarm, 's1', { task_id, model: 'm', tokens_in: 10, tokens_out: 5 });
    expect(await shown()).toMatchObject({ tokens: 15, unpriced_tokens: 15, cost_usd: 0 });
    use(swarm, 's1', { task_id, model: 'm', tokens_in: 2, cost_usd: 0.5, prices_tokens: 15 });
    expect(await shown()).toMatchObject({ tokens: 17, unpriced_tokens: 0, cost_usd: 0.5, estimated_usd: 0 });
    use(swarm, 's1', { task_id, cost_usd: 0, prices_tokens: 99 });
    expect(await shown()).toMatchObject({ tokens: 17, unpriced_tokens: 0 });
  });

  test('is recorded also when the lease is gone: it was spent', async () => {
    const swarm = given();
    const task_id = swarm.add();
    const lease = swarm.claim('s1', task_id);
    swarm.must('session.deregister', { session_id: 's1' });
    swarm.register('s1');
    expect(typesOf(use(swarm, 's1', { task_id, lease, tokens_in: 9 }))).toEqual(['usage_recorded']);
    expect((await swarm.ask('usage.show', { task_id })).usage.tokens).toBe(9);
  });
});

describe('F3 budgets', () => {
  test('of a task: reaching it fails the task for good in the same decision, and says so to the run', async () => {
    const swarm = given();
    const task_id = swarm.add({ max_attempts: 5 });
    swarm.must('budget.set', { task_id, cost_usd: 1 });
    const lease = swarm.claim('s1', task_id);
    expect((await swarm.answer('usage.report', { session_id: 's1', task_id, cost_usd: 0.9 })).stop).toBeNull();
    const events = use(swarm, 's1', { task_id, cost_usd: 0.2 });
    expect(typesOf(events)).toEqual(['usage_recorded', 'budget_exhausted', 'task_failed']);
    expect(dataOf(events.slice(1), 'budget_exhausted')).toMatchObject({ scope: 'task', target: task_id, limited_by: 'cost_usd', limit: 1 });
    expect(swarm.task(task_id)).toMatchObject({ status: 'failed', lease: null });
    expect((await swarm.answer('usage.report', { session_id: 's1', task_id, cost_usd: 0.1 })).stop).toEqual({
      scope: 'task',
      target: task_id,
    });
    expect(swarm.run('work.complete', { session_id: 's1', task_id, status: 'completed', lease })).toMatchObject({ refused: 'lease_stale' });
  });

  test('of a session: its tasks go back, it gets nothing, others go on; raising it lets it work again', () => {
    const swarm = given();
    const [a, b] = [swarm.add(), swarm.add()];
    swarm.claim('s1', a);
    swarm.claim('s1', b);
    swarm.must('budget.set', { session_id: 's1', tokens: 100 });
    const events = use(swarm, 's1', { task_id: a, tokens_in: 60, cache_read: 40 });
    expect(typesOf(events)).toEqual(['usage_recorded', 'budget_exhausted', 'task_released', 'task_released']);
    swarm.dispatch('s1');
    expect(swarm.task(a).status).toBe('pending');
    expect(swarm.run('work.claim', { session_id: 's1', task_id: a })).toMatchObject({
      refused: 'budget_exhausted',
      params: { whose: 'the session s1', spent: 100, limit: 100, unit: 'tokens' },
    });
    swarm.claim('s2', a);
    swarm.must('budget.set', { session_id: 's1', tokens: 1_000 });
    swarm.claim('s1', b);
    expect(swarm.task(b).status).toBe('in_progress');
  });

  test('a session that registers again keeps what it spent', () => {
    const swarm = given();
    swarm.must('budget.set', { session_id: 's1', tokens: 10 });
    use(swarm, 's1', { tokens_in: 10 });
    swarm.register('s1');
    const task_id = swarm.add();
    expect(swarm.run('work.claim', { session_id: 's1', task_id })).toMatchObject({ refused: 'budget_exhausted' });
  });

  test('of the swarm: everything stops, whoever waits is told why, and removing it lets all go on', async () => {
    const swarm = given();
    const [a, b, c] = [swarm.add(), swarm.add(), swarm.add()];
    swarm.claim('s1', a);
    swarm.claim('s2', b);
    swarm.must('budget.set', { cost_usd: 2 });
    expect(typesOf(use(swarm, 's2', { cost_usd: 2 }))).toEqual(['usage_recorded', 'budget_exhausted', 'task_released', 'task_released']);
    swarm.dispatch('s1', 's2');
    expect([a, b, c].map((id) => swarm.task(id).status)).toEqual(['pending', 'pending', 'pending']);
    expect((await swarm.ask('task.show', { task_id: c })).task.waiting).toMatchObject({ code: 'budget_exhausted' });
    expect((await swarm.ask('budget.list', { exhausted: true })).budgets).toMatchObject([{ scope: 'swarm', exhausted: true }]);
    swarm.must('budget.set', {});
    swarm.dispatch('s1', 's2');
    expect(swarm.task(a).status).toBe('assigned');
    expect((await swarm.ask('budget.list', {})).budgets).toEqual([]);
  });

  test('a limit below what is spent stops at once; two that stop one task end its lease once', () => {
    const swarm = given();
    const task_id = swarm.add();
    swarm.claim('s1', task_id);
    use(swarm, 's1', { task_id, tokens_in: 50 });
    expect(typesOf(swarm.must('budget.set', { task_id, tokens: 50 }))).toEqual(['budget_set', 'budget_exhausted', 'task_failed']);
    const other = swarm.add();
    swarm.claim('s1', other);
    swarm.must('budget.set', { task_id: other, tokens: 10 });
    swarm.must('budget.set', { session_id: 's1', tokens: 60 });
    const events = use(swarm, 's1', { task_id: other, tokens_in: 10 });
    expect(typesOf(events)).toEqual(['usage_recorded', 'budget_exhausted', 'task_failed', 'budget_exhausted']);
  });

  test('names what is there, and has a bound', () => {
    const swarm = given();
    expect(swarm.run('budget.set', { task_id: 'none', tokens: 1 })).toMatchObject({ refused: 'task_unknown' });
    expect(swarm.run('budget.set', { session_id: 'none', tokens: 1 })).toMatchObject({ refused: 'session_unknown' });
    expect(swarm.run('budget.set', { session_id: 's1', task_id: 'x', tokens: 1 })).toMatchObject({ refused: 'invalid_input' });
    expect(swarm.must('budget.set', {})).toEqual([]);
    for (let number = 0; number < 10_000; number += 1) {
      swarm.state.budgets.limits.set(`task:${number}`, { scope: 'task', target: String(number), tokens: 1, cost_usd: null });
    }
    expect(swarm.run('budget.set', { session_id: 's1', tokens: 1 })).toMatchObject({ refused: 'budget_limit' });
  });
});

describe('F3 parked work', () => {
  test('waits until the reset and a random pause, counts as no failure, and is given out first then', async () => {
    const swarm = given();
    const task_id = swarm.add();
    const lease = swarm.claim('s1', task_id);
    const reset = swarm.now + 600_000;
    const answer = await swarm.answer('work.park', {
      session_id: 's1',
      task_id,
      lease,
      reason: 'usage',
      reset_at: new Date(reset).toISOString(),
      checkpoint: { conversation: 'c-1' },
    });
    expect(Date.parse(answer.until)).toBe(reset + 1 + 30_000);
    expect(swarm.task(task_id)).toMatchObject({ status: 'pending', failures: 0, lost: 0, lease: null });
    const later = swarm.add();
    swarm.dispatch('s2');
    expect([swarm.task(task_id).status, swarm.task(later).status]).toEqual(['pending', 'assigned']);
    swarm.now = Date.parse(answer.until) + 60_000;
    swarm.record(decideHealth(swarm.state, swarm.contacts, swarm.now).filter((fact) => fact.type === 'task_due'));
    swarm.dispatch('s1');
    expect(swarm.task(task_id).status).toBe('assigned');
    const { history } = await swarm.ask('task.show', { task_id });
    expect(history.find((entry) => entry.action === 'parked')?.details).toMatchObject({
      reason: 'usage',
      checkpoint: { conversation: 'c-1' },
    });
  });

  test('many that wait for one moment come back staggered', () => {
    const swarm = given();
    const untils = [0, 0.25, 0.5, 0.75].map((random) => {
      swarm.random = () => random;
      const task_id = swarm.add();
      swarm.claim('s1', task_id);
      const [event] = swarm.must('work.park', { session_id: 's1', task_id, reason: 'rate' });
      return event?.type === 'task_parked' ? event.data.until - swarm.now : 0;
    });
    expect(untils).toEqual([60_001, 61_501, 63_001, 64_501]);
  });

  test('only its holder parks it', () => {
    const swarm = given();
    const task_id = swarm.add();
    const lease = swarm.claim('s1', task_id);
    expect(swarm.run('work.park', { session_id: 's2', task_id, reason: 'rate' })).toMatchObject({ refused: 'not_holder' });
    expect(swarm.run('work.park', { session_id: 's1', task_id, lease: lease + 1, reason: 'rate' })).toMatchObject({
      refused: 'lease_stale',
    });
    expect(swarm.run('work.park', { session_id: 's1', task_id: 'none', reason: 'rate' })).toMatchObject({ refused: 'task_unknown' });
  });
});
