/** E3: what a rollback does to budgets, signals and questions, and what it leaves alone. */
import { describe, expect, test } from 'vitest';
import { planRollback } from '../../src/domain/rollback/plan.ts';
import { snapshotOf } from '../support/invariants.ts';
import { contextOf, earlier, rollBack } from '../support/roll-back.ts';
import { TestSwarm, typesOf } from '../support/test-swarm.ts';

describe('E3: rollback of what is asked, noticed, spent and said', () => {
  test('budgets come back, unless what is spent by now would stop the work', () => {
    const swarm = new TestSwarm();
    swarm.register('s1', [], 2);
    const task = swarm.add();
    swarm.must('budget.set', { tokens: 1000 });
    swarm.must('budget.set', { task_id: task, tokens: 100 });
    swarm.must('budget.set', { session_id: 's1', cost_usd: 5 });
    const then = swarm.state.seq;
    swarm.claim('s1', task);
    swarm.must('budget.set', { task_id: task, tokens: 500 });
    swarm.must('usage.report', { session_id: 's1', task_id: task, tokens_in: 200 });
    swarm.must('budget.set', { tokens: 5000 });
    swarm.must('budget.set', { session_id: 's1' });
    const other = swarm.add();
    swarm.must('budget.set', { task_id: other, tokens: 9 });
    const { planned, events } = rollBack(swarm, then, ['budgets']);
    expect(planned.kept).toEqual([
      { kind: 'budget', id: `task ${task}`, reason: '200 of the 100 it allowed are used by now: it would stop the work at once' },
    ]);
    expect(typesOf(events)).toEqual(['swarm_rolled_back', 'budget_set', 'budget_set', 'budget_set']);
    const limits = [...swarm.state.budgets.limits.values()].map(({ scope, target, tokens }) => [scope, target, tokens]);
    expect(limits.toSorted(([a], [b]) => String(a).localeCompare(String(b)))).toEqual([
      ['session', 's1', null],
      ['swarm', '', 1000],
      ['task', task, 500],
    ]);
    expect(swarm.task(task).lease).not.toBeNull();
    expect(swarm.state.halted).toBe(false);
  });

  test('signals come back as others; those that came since are dismissed', () => {
    const swarm = new TestSwarm();
    const raise = (title: string) => swarm.must('signal.raise', { type: 'quality_issue', title, details: { of: title } });
    raise('slow');
    raise('stays');
    const then = swarm.state.seq;
    swarm.must('signal.resolve', { signal_id: 'signal-001', resolution: 'made faster' });
    raise('since');
    raise('over');
    swarm.must('signal.resolve', { signal_id: 'signal-004', resolution: 'x' });
    const { events, planned } = rollBack(swarm, then);
    expect(planned.kept).toEqual([]);
    expect(typesOf(events)).toEqual(['swarm_rolled_back', 'signal_resolved', 'signal_raised']);
    expect([...swarm.state.signals.open.values()].map(({ id, raised }) => [id, raised.title, raised.details])).toEqual([
      ['signal-002', 'stays', { of: 'stays' }],
      ['signal-005', 'slow', { of: 'slow' }],
    ]);
    expect(swarm.state.signals.records.get('signal-001')?.resolved?.resolution).toBe('made faster');
    expect(swarm.state.signals.records.get('signal-003')?.resolved?.outcome).toBe('dismissed');
    expect(rollBack(swarm, then).events).toEqual([]);
  });

  test('questions: an answer stands, silence does not, and nobody who waits is left without an answer', () => {
    const swarm = new TestSwarm();
    swarm.register('s1', [], 2);
    const [task, held, done] = [swarm.add(), swarm.add(), swarm.add()];
    const ask = (question: string, more: object = {}) => swarm.must('decision.ask', { question, ...more });
    ask('answered');
    ask('silent', { task_id: task, default_answer: 'no', deadline_seconds: 60 });
    ask('taken back', { task_id: task });
    ask('runs', { task_id: held });
    ask('over', { task_id: done });
    ask('voted', { votes_needed: 3 });
    ask('of a session', { session_id: 's1', blocks: false });
    const then = swarm.state.seq;
    swarm.must('decision.answer', { decision_id: 'decision-001', answer: 'yes' });
    swarm.must('decision.withdraw', { decision_id: 'decision-003' });
    swarm.must('decision.withdraw', { decision_id: 'decision-004' });
    swarm.must('decision.withdraw', { decision_id: 'decision-005' });
    swarm.must('decision.withdraw', { decision_id: 'decision-007', session_id: 's1' });
    swarm.must('decision.vote', { decision_id: 'decision-006', answer: 'yes' });
    swarm.claim('s1', held);
    swarm.finish('s1', done);
    ask('nobody waits');
    ask('somebody waits', { session_id: 's1', task_id: held });
    swarm.passAlive(61, 's1');
    expect(swarm.state.decisions.records.get('decision-002')?.source).toBe('default');
    const { events, planned } = rollBack(swarm, then, ['decisions']);
    expect(Object.fromEntries(planned.kept.map(({ id, reason }) => [id, reason]))).toEqual({
      'decision-001': 'it was answered since: "yes" by test; an answer stands',
      'decision-004': `s1 works on ${held} without the answer`,
      'decision-005': `nobody needs the answer any more: the task ${done} is completed`,
      'decision-006': 'votes were given since: what was said stays said',
      'decision-007': 'session:s1 asked it, and waits no more',
      'decision-009': 's1 asked it since, and waits for the answer',
    });
    expect(typesOf(events)).toEqual(['swarm_rolled_back', 'decision_withdrawn', 'decision_needed', 'decision_needed']);
    const open = [...swarm.state.decisions.open.values()];
    expect(open.map(({ id, question }) => [id, question])).toEqual([
      ['decision-006', 'voted'],
      ['decision-009', 'somebody waits'],
      ['decision-010', 'silent'],
      ['decision-011', 'taken back'],
    ]);
    expect(open[2]?.expires_at).toBe(swarm.now + 60_000);
    expect(swarm.task(task).questions).toBe(2);
    expect(rollBack(swarm, then, ['decisions']).events).toEqual([]);
    expect(snapshotOf(swarm.refold())).toEqual(snapshotOf(swarm.state));
  });

  test('what no rollback touches is named with its reason, when everything is asked for', () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    swarm.register('s2');
    swarm.must('lock.acquire', { session_id: 's1', name: 'a' });
    swarm.must('lock.acquire', { session_id: 's1', name: 'b' });
    swarm.must('message.send', { to: 's1', body: 'before' });
    const then = swarm.state.seq;
    swarm.must('message.read', { session_id: 's1', message_ids: [then] });
    swarm.must('message.send', { to: 's1', body: 'x' });
    swarm.must('message.send', { to: 's2', body: 'y' });
    swarm.must('lock.release', { session_id: 's1', name: 'a' });
    swarm.must('lock.release', { session_id: 's1', name: 'b' });
    swarm.must('lock.acquire', { session_id: 's2', name: 'b' });
    swarm.must('lock.acquire', { session_id: 's2', name: 'c' });
    swarm.must('usage.report', { session_id: 's1', tokens_in: 12, cost_usd: 0.5 });
    swarm.must('session.deregister', { session_id: 's1' });
    swarm.register('s3');
    const before = snapshotOf(swarm.state);
    const { planned, events } = rollBack(swarm, then);
    expect(planned.kept.map(({ kind, id, reason }) => `${kind} ${id}: ${reason}`)).toEqual([
      'message : 2 sent since: what was sent cannot be unsent',
      'mailbox : what was read, and who left or joined a channel since, stays so',
      'session : 1 came and 1 left since: they are processes, and come and go by themselves',
      'usage : 12 tokens and 0.50 USD since: what is spent is spent',
      'lock a: s1 held it: nobody is given a lock without asking for it',
      'lock b: s2 holds it now, and s1 held it then',
      "lock c: s2 holds it since: a lock is its holder's",
    ]);
    expect(events).toEqual([]);
    expect(snapshotOf(swarm.state)).toEqual(before);
    expect(planRollback(swarm.state, earlier(swarm, then), contextOf(swarm), ['settings']).kept).toEqual([]);
  });
});
