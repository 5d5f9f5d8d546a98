/** E3: a rollback brings back what it names, by new events, and no running lease ends by it. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { thingsOf } from '../../src/domain/rollback/earlier.ts';
import type { SwarmState } from '../../src/domain/state.ts';
import { canonicalJson } from '../../src/domain/task/content-hash.ts';
import { brokenInvariants, snapshotOf } from '../support/invariants.ts';
import { rollBack, stateAfter } from '../support/roll-back.ts';
import { TestSwarm, typesOf } from '../support/test-swarm.ts';

/** All that a rollback can bring back, but for tasks. */
function parts(state: SwarmState) {
  const { settings, knowledge, resources, limits, schedules, capabilities, pauses, budgets, inbox } = thingsOf(state);
  const topics = [...knowledge].map(([topic, { content, tags, source }]) => [topic, [content, tags, source]] as const);
  const sorted = (entries: Iterable<readonly [string, unknown]>) => [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    settings,
    topics: sorted(topics),
    others: [resources, limits, schedules, capabilities, pauses].map(sorted),
    budgets: sorted(budgets),
    signals: [...inbox.signals.values()].map(canonicalJson).toSorted(),
    questions: [...inbox.questions.values()].map(canonicalJson).toSorted(),
  };
}

describe('E3: rollback', () => {
  test('brings back rules, knowledge, resources, limits, schedules, capabilities, pauses', () => {
    const swarm = new TestSwarm();
    swarm.must('knowledge.put', { topic: 'a', content: 'first', tags: ['t'] });
    swarm.must('knowledge.put', { topic: 'b', content: { deep: [1] } });
    swarm.must('resource.set', { resource: 'gpu', capacity: 2 });
    swarm.must('limit.set', { key: 'type:build', concurrency: 3 });
    swarm.must('schedule.add', { schedule_id: 'nightly', cron: '0 2 * * *', task: { type: 'build', title: 'x' } });
    swarm.must('capability.define', { capability: 'gpu', description: 'x' });
    swarm.must('swarm.pause', { capability: 'gpu', reason: 'why' });
    const then = swarm.state.seq;
    const before = parts(swarm.state);
    swarm.configure({ policy: 'fifo', offline_after: 17 });
    swarm.must('knowledge.put', { topic: 'a', content: 'second' });
    swarm.must('knowledge.delete', { topic: 'b' });
    swarm.must('knowledge.put', { topic: 'c', content: 'new' });
    swarm.must('resource.set', { resource: 'gpu', capacity: 5 });
    swarm.must('resource.set', { resource: 'ports', ports: { from: 1, to: 9 } });
    swarm.must('limit.remove', { key: 'type:build' });
    swarm.must('limit.set', { key: 'type:spec', rate: { count: 1, per_seconds: 60 } });
    swarm.must('schedule.remove', { schedule_id: 'nightly' });
    swarm.must('schedule.add', { schedule_id: 'nightly', cron: '0 3 * * *', task: { type: 'build', title: 'x' } });
    swarm.must('schedule.add', { schedule_id: 'hourly', cron: '0 * * * *', task: { type: 'build', title: 'x' } });
    swarm.must('capability.define', { capability: 'gpu', description: 'y' });
    swarm.must('capability.define', { capability: 'build', description: 'ours' });
    swarm.must('swarm.resume', { capability: 'gpu' });
    swarm.must('swarm.pause', {});
    const { events } = rollBack(swarm, then);
    expect(events[0]).toMatchObject({ type: 'swarm_rolled_back', data: { to_seq: then, kept: [], kept_total: 0, more: false } });
    expect(parts(swarm.state)).toEqual(before);
    expect(swarm.state.knowledge.topics.get('a')?.version).toBe(3);
    expect(rollBack(swarm, then).events).toEqual([]);
    expect(snapshotOf(swarm.refold())).toEqual(snapshotOf(swarm.state));
  });

  test('cancelled tasks wait again, new ones are cancelled, priorities are as they were; only what is chosen', () => {
    const swarm = new TestSwarm();
    swarm.configure({ policy: 'optimal' });
    const [a, b] = [swarm.add({ priority: 3 }), swarm.add({ priority: 4 })];
    const then = swarm.state.seq;
    swarm.must('task.cancel', { task_id: a });
    swarm.must('task.reprioritise', { task_id: b, priority: 9 });
    const c = swarm.add();
    swarm.configure({ policy: 'fifo' });
    const { events, planned } = rollBack(swarm, then, ['tasks']);
    expect(typesOf(events)).toEqual(['swarm_rolled_back', 'task_retried', 'task_reprioritised', 'task_cancelled']);
    expect(planned.kept).toEqual([]);
    expect([swarm.task(a).status, swarm.task(b).priority, swarm.task(c).status]).toEqual(['pending', 4, 'cancelled']);
    expect(swarm.state.settings.policy).toBe('fifo');
    expect(brokenInvariants(swarm.state, new Set([a, c]))).toEqual([]);
  });

  test('what cannot be undone stays and is named: work done, work under a lease, what others need', () => {
    const swarm = new TestSwarm();
    swarm.register('s1', [], 4);
    const [done, lost] = [swarm.add(), swarm.add()];
    swarm.claim('s1', lost);
    const then = swarm.state.seq;
    swarm.finish('s1', done);
    swarm.must('work.complete', { session_id: 's1', task_id: lost, status: 'failed' });
    const running = swarm.add();
    const lease = swarm.claim('s1', running);
    const part = swarm.add({ parent: running });
    const needed = swarm.add();
    swarm.must('resource.set', { resource: 'gpu', capacity: 1 });
    const asking = swarm.add({ resources: { gpu: 1 } });
    swarm.claim('s1', asking);
    swarm.must('work.suspend', { session_id: 's1', task_id: running, wait_for: [needed] });
    swarm.claim('s1', part);
    const { planned } = rollBack(swarm, then);
    const why = new Map(planned.kept.map(({ id, reason }) => [id, reason]));
    expect(why.get(done)).toContain('the work is done');
    expect(why.get(lost)).toContain(`tutti task retry ${lost}`);
    expect(why.get(part)).toContain('worked on by s1');
    expect(why.get(running)).toContain(`${part} needs it`);
    expect(why.get(needed)).toContain(`${running} needs it`);
    expect(why.get('gpu')).toContain('1 unfinished tasks ask for it');
    expect(swarm.task(asking).lease).not.toBeNull();
    expect(swarm.task(running).attempt).toBe(1);
    expect(lease).toBeGreaterThan(0);
  });

  test('a task whose resource comes back with it waits again, and one that went with its task is gone', () => {
    const swarm = new TestSwarm();
    swarm.must('resource.set', { resource: 'gpu', capacity: 1 });
    const old = swarm.add({ resources: { gpu: 1 } });
    const then = swarm.state.seq;
    swarm.must('task.cancel', { task_id: old });
    swarm.must('resource.remove', { resource: 'gpu' });
    swarm.must('resource.set', { resource: 'tpu', capacity: 1 });
    swarm.add({ resources: { tpu: 1 } });
    expect(rollBack(swarm, then).planned.kept).toEqual([]);
    expect(swarm.task(old).status).toBe('pending');
    expect([...swarm.state.resources.by_name.keys()]).toEqual(['gpu']);
    expect(brokenInvariants(swarm.state, new Set([old]))).toEqual([]);
  });

  test('more than a thousand tasks are brought back in steps', () => {
    const swarm = new TestSwarm();
    for (let at = 0; at < 6; at += 1) swarm.must('work.add', { tasks: Array.from({ length: 200 }, () => ({ type: 'build', title: 't' })) });
    const then = swarm.state.seq;
    swarm.must('task.cancel_many', { filter: { status: 'pending' } });
    swarm.must('task.cancel_many', { filter: { status: 'pending' } });
    expect(rollBack(swarm, then).planned.more).toBe(true);
    expect(rollBack(swarm, then).planned.more).toBe(false);
    expect(swarm.state.task_counts.pending).toBe(1200);
  });

  const name = fc.constantFrom('x', 'y', 'z');
  const of = (...kinds: readonly string[]) => fc.record({ kind: fc.constantFrom(...kinds), at: fc.nat(99), name });
  const command = fc.oneof(
    { weight: 3, arbitrary: of('add', 'add', 'cancel', 'retry', 'claim', 'claim', 'complete', 'fail', 'rank', 'suspend', 'part') },
    { weight: 2, arbitrary: of('topic', 'topic', 'forget', 'resource', 'unresource', 'limit', 'unlimit', 'rule', 'pause', 'resume') },
    { weight: 1, arbitrary: of('schedule', 'unschedule', 'define', 'budget', 'budget', 'unbudget', 'spend', 'send', 'lock', 'unlock') },
    { weight: 2, arbitrary: of('raise', 'settle', 'ask', 'ask', 'inquire', 'answer', 'withdraw', 'vote', 'wait') },
  );

  test('random lives: the parts named are as they were, every lease and every completion stays, the invariants hold', () => {
    const reached = new Map<string, number>();
    fc.assert(
      fc.property(fc.array(command, { minLength: 10, maxLength: 80, size: 'max' }), fc.nat(99), (commands, place) => {
        const swarm = new TestSwarm();
        swarm.register('s1', [], 3);
        const ended = new Set<string>();
        const suspended = new Set<string>();
        swarm.onEvent = ({ type, data }) => {
          if ('task_id' in data && data.task_id !== null && /completed|failed|cancelled/.test(type)) ended.add(data.task_id);
          if (type === 'task_suspended') suspended.add(data.task_id);
        };
        for (const one of commands) live(swarm, one);
        const then = Math.max(1, Math.floor((swarm.state.seq * place) / 100));
        const was = stateAfter(swarm, then);
        const leases = leasesOf(swarm.state);
        const spoken = spokenOf(swarm.state);
        const completed = [...swarm.state.tasks.values()].filter(({ status }) => status === 'completed').map(({ id }) => id);
        const first = rollBack(swarm, then);
        for (const { type } of first.events) reached.set(type, (reached.get(type) ?? 0) + 1);
        for (const { reason } of first.planned.kept) reached.set(reason.slice(0, 14), (reached.get(reason.slice(0, 14)) ?? 0) + 1);
        expect(brokenInvariants(swarm.state, ended, suspended)).toEqual([]);
        expect(leasesOf(swarm.state)).toEqual(leases);
        expect(completed.every((id) => swarm.task(id).status === 'completed')).toBe(true);
        expect(snapshotOf(swarm.refold())).toEqual(snapshotOf(swarm.state));
        const kept = new Set(first.planned.kept.map(({ kind, id }) => `${kind} ${id}`));
        const [now, before] = [thingsOf(swarm.state), thingsOf(was)];
        for (const [id, task] of before.tasks) {
          const is = now.tasks.get(id);
          if (kept.has(`task ${id}`)) continue;
          expect(is?.status).toBe(task.lease > 0 && is?.lease === 0 ? 'pending' : task.lease > 0 ? is?.status : task.status);
          if (task.status === 'pending') expect(is?.priority).toBe(task.priority);
        }
        for (const [id, task] of now.tasks)
          if (!before.tasks.has(id) && !kept.has(`task ${id}`)) expect(['cancelled', 'failed']).toContain(task.status);
        const without = (state: SwarmState) => {
          const all = parts(state);
          const others = all.others.map((each) => each.filter(([key]) => !kept.has(`resource ${key}`)));
          const budgets = all.budgets.filter(([key]) => !kept.has(`budget ${key.replace(':', ' ').trim()}`));
          // A question keeps its id only while it is open; those that are kept are told apart by what they ask.
          const asked = new Set(
            [...before.inbox.questions, ...now.inbox.questions]
              .filter(([id]) => kept.has(`decision ${id}`))
              .map(([, each]) => canonicalJson(each)),
          );
          return { ...all, others, budgets, questions: all.questions.filter((each) => !asked.has(each)) };
        };
        expect(without(swarm.state)).toEqual(without(was));
        expect(spokenOf(swarm.state)).toEqual(spoken);
        const again = rollBack(swarm, then);
        expect(again.planned.facts.filter(({ type }) => !type.startsWith('task_'))).toEqual([]);
      }),
      { numRuns: 150 },
    );
    for (const type of [
      'task_retried',
      'task_cancelled',
      'task_reprioritised',
      'knowledge_written',
      'knowledge_deleted',
      'resource_removed',
      'budget_set',
      'signal_raised',
      'signal_resolved',
      'decision_needed',
      'decision_withdrawn',
    ])
      expect(reached.get(type) ?? 0).toBeGreaterThan(0);
    for (const reason of ['it was complet', 'it is worked o', 'it failed sinc', 'it was answere', 's1 asked it si', 's1 held it: no'])
      expect(reached.get(reason) ?? 0).toBeGreaterThan(0);
  });
});

function leasesOf(state: SwarmState): unknown {
  return [...state.tasks.values()].flatMap(({ id, lease }) => (lease === null ? [] : [[id, lease.number, lease.session_id]]));
}

/** What was said, answered and is held: no rollback changes it. */
function spokenOf({ messages, locks, decisions, budgets }: SwarmState): unknown {
  const closed = [...decisions.closed.values()].map(({ id, answer, answered_by, source }) => [id, answer, answered_by, source]);
  const letters = [...messages.mailboxes.values()].map(({ id, unread, read }) => [id, [...unread.keys()], [...read.keys()]]);
  const answers = closed.filter(([, answer]) => answer !== null);
  return { letters, locks: [...locks.by_token.keys()], answers, spent: { ...budgets.swarm } };
}

function live(swarm: TestSwarm, { kind, at, name }: { kind: string; at: number; name: string }): void {
  const ids = [...swarm.state.tasks.keys()];
  const task_id = ids[at % Math.max(1, ids.length)] ?? 'none';
  const one = (open: ReadonlyMap<string, unknown>): string => [...open.keys()][at % Math.max(1, open.size)] ?? 'decision-999';
  const held = [...(swarm.state.sessions.get('s1')?.held ?? [])];
  const mine = held[at % Math.max(1, held.length)] ?? 'none';
  const asks = swarm.state.resources.by_name.has(name) && at % 3 === 0 ? { resources: { [name]: 1 } } : {};
  const depends =
    at % 4 === 1 && ids.length > 0 ? { dependencies: [task_id], on_dependency_failure: at % 8 === 1 ? 'cascade' : 'block' } : {};
  const calls: Readonly<Record<string, readonly [Parameters<TestSwarm['run']>[0], object]>> = {
    add: ['work.add', { type: 'build', title: 't', priority: 1 + (at % 10), ...asks, ...depends }],
    part: ['work.add', { type: 'build', title: 't', parent: mine }],
    cancel: ['task.cancel', { task_id }],
    retry: ['task.retry', { task_id }],
    claim: ['work.claim', { session_id: 's1', task_id }],
    complete: ['work.complete', { session_id: 's1', task_id: mine, status: 'completed' }],
    fail: ['work.complete', { session_id: 's1', task_id: mine, status: 'failed' }],
    rank: ['task.reprioritise', { task_id, priority: 1 + (at % 10) }],
    suspend: ['work.suspend', { session_id: 's1', task_id: mine, wait_for: [task_id] }],
    topic: ['knowledge.put', { topic: name, content: `c${at}`, tags: at % 2 === 0 ? [] : ['t'] }],
    forget: ['knowledge.delete', { topic: name }],
    resource: ['resource.set', { resource: name, capacity: 1 + (at % 5) }],
    unresource: ['resource.remove', { resource: name }],
    limit: ['limit.set', { key: `type:${name === 'x' ? 'build' : name}`, concurrency: 1 + (at % 5) }],
    unlimit: ['limit.remove', { key: `type:${name === 'x' ? 'build' : name}` }],
    rule: ['config.apply', { settings: { offline_after: 100 + at, policy: at % 2 === 0 ? 'fifo' : 'greedy' } }],
    pause: ['swarm.pause', at % 2 === 0 ? {} : { capability: name }],
    resume: ['swarm.resume', at % 2 === 0 ? {} : { capability: name }],
    schedule: ['schedule.add', { schedule_id: name, cron: `${at % 60} 2 * * *`, task: { type: 'build', title: 'x' } }],
    unschedule: [at % 2 === 0 ? 'schedule.remove' : at % 4 === 1 ? 'schedule.pause' : 'schedule.resume', { schedule_id: name }],
    budget: [
      'budget.set',
      at % 3 === 0 ? { tokens: 10 + at } : at % 3 === 1 ? { session_id: 's1', tokens: 10 + at } : { task_id, tokens: 5 + at },
    ],
    unbudget: ['budget.set', at % 3 === 0 ? {} : at % 3 === 1 ? { session_id: 's1' } : { task_id }],
    spend: ['usage.report', { session_id: 's1', tokens_in: at, ...(mine === 'none' ? {} : { task_id: mine }) }],
    raise: ['signal.raise', { type: 'innovation', title: name, ...(at % 2 === 0 ? {} : { session_id: 's1' }) }],
    settle: ['signal.resolve', { signal_id: one(swarm.state.signals.open), resolution: 'r' }],
    ask: [
      'decision.ask',
      { question: name, ...(at % 2 === 0 ? { task_id } : {}), ...(at % 3 === 0 ? { default_answer: 'd', deadline_seconds: 60 } : {}) },
    ],
    inquire: ['decision.ask', { question: name, session_id: 's1', ...(at % 2 === 0 ? { task_id } : {}) }],
    answer: ['decision.answer', { decision_id: one(swarm.state.decisions.open), answer: 'a' }],
    withdraw: ['decision.withdraw', { decision_id: one(swarm.state.decisions.open) }],
    vote: ['decision.vote', { decision_id: one(swarm.state.decisions.open), answer: 'a' }],
    send: ['message.send', { to: 's1', body: name }],
    lock: ['lock.acquire', { session_id: 's1', name }],
    unlock: ['lock.release', { session_id: 's1', name }],
    define: ['capability.define', { capability: name, description: `d${at}` }],
  };
  if (kind === 'wait') swarm.passAlive(at, 's1');
  const call = calls[kind];
  if (call !== undefined) swarm.run(...call);
}
