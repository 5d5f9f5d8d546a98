/**
 * The rules of decisions, signals and requests for colleagues, given/when/then.
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextHealthTime } from '../../src/domain/swarm/health.ts';
import { OPEN_PER_ASKER } from '../../src/domain/inbox/ledger.ts';
import { evolve } from '../../src/domain/evolve.ts';
import { createState } from '../../src/domain/state.ts';
import { DEFAULT_SETTINGS } from '../../src/contract/settings.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { dataOf, TestSwarm, typesOf } from '../support/test-swarm.ts';

/** A swarm in which s1 works on t1. */
function given(): TestSwarm {
  const swarm = new TestSwarm();
  swarm.register('s1');
  swarm.register('s2');
  swarm.must('work.add', { id: 't1', type: 'build', title: 'Build it' });
  swarm.must('work.claim', { session_id: 's1', task_id: 't1' });
  return swarm;
}

const OPTIONS = [{ answer: 'yes' }, { answer: 'no' }];
const ask = (swarm: TestSwarm, more: object = {}) =>
  swarm.run('decision.ask', { question: 'Deploy?', options: OPTIONS, session_id: 's1', ...more });
const answer = (swarm: TestSwarm, more: object = {}) =>
  swarm.run('decision.answer', { decision_id: 'decision-001', answer: 'yes', ...more });

describe('C5 a decision', () => {
  test('is asked about the only task that its session holds; both show that they wait for a person', async () => {
    const swarm = given();
    expect(dataOf(ask(swarm), 'decision_needed')).toMatchObject({
      decision_id: 'decision-001',
      task_id: 't1',
      asked_by: 'session:s1',
      blocks: true,
    });
    expect(await swarm.ask('task.show', { task_id: 't1' })).toMatchObject({ task: { waiting_for_person: ['decision-001'] } });
    expect(await swarm.ask('session.show', { session_id: 's1' })).toMatchObject({ session: { waiting_for_person: ['decision-001'] } });
    expect(await swarm.ask('inbox.list', {})).toMatchObject({
      total: 1,
      blocking: 1,
      items: [{ item_id: 'decision-001', from: 'session:s1' }],
    });
  });

  test('answered once, lets the work go on and stays as it was answered for ever', async () => {
    const swarm = given();
    ask(swarm);
    expect(dataOf(answer(swarm, { reason: 'green', answered_by: 'ada', via: 'cli' }), 'decision_answered')).toMatchObject({
      source: 'person',
    });
    expect(answer(swarm, { answer: 'no' })).toMatchObject({
      refused: 'decision_closed',
      params: { status: 'answered', outcome: '"yes" by ada' },
    });
    expect(swarm.run('decision.withdraw', { decision_id: 'decision-001' })).toMatchObject({ refused: 'decision_closed' });
    expect(swarm.run('decision.vote', { decision_id: 'decision-001', answer: 'no' })).toMatchObject({ refused: 'decision_closed' });
    expect(await swarm.ask('decision.show', { decision_id: 'decision-001' })).toMatchObject({
      decision: { status: 'answered', answer: 'yes', answered_by: 'ada', via: 'cli', reason: 'green' },
    });
    expect(await swarm.ask('task.show', { task_id: 't1' })).toMatchObject({ task: { waiting_for_person: [] } });
    expect(await swarm.ask('inbox.list', {})).toMatchObject({ total: 0 });
  });

  test('takes one of its options only; without options any text', () => {
    const swarm = given();
    ask(swarm);
    expect(answer(swarm, { answer: 'perhaps' })).toMatchObject({ refused: 'answer_not_offered', params: { options: '"yes", "no"' } });
    ask(swarm, { question: 'Which port?', options: undefined, kind: 'question' });
    expect(typesOf(answer(swarm, { decision_id: 'decision-002', answer: '8600' }))).toEqual(['decision_answered']);
  });

  test('is for a person: a session that proves who it is cannot answer, and cannot vote on a permission', () => {
    const swarm = given();
    ask(swarm, { kind: 'permission', options: [{ answer: 'allow' }, { answer: 'deny' }] });
    const session = swarm.state.sessions.get('s2');
    const caller = { actor: 'session:s2', credential: { session_id: 's2', incarnation: session?.incarnation ?? 0 } };
    const input = { decision_id: 'decision-001', answer: 'allow' };
    expect(swarm.run('decision.answer', input, caller)).toMatchObject({ refused: 'person_needed' });
    expect(swarm.run('decision.vote', { ...input, session_id: 's2' }, caller)).toMatchObject({ refused: 'person_needed' });
    expect(swarm.run('decision.vote', input, caller)).toMatchObject({ refused: 'credential_invalid' });
    expect(swarm.run('decision.withdraw', { decision_id: 'decision-001', session_id: 's2' }, caller)).toMatchObject({
      refused: 'not_asker',
    });
  });

  test('gets its default at its deadline, not before, by the tick alone', () => {
    const swarm = given();
    ask(swarm, { deadline_seconds: 30, default_answer: 'no' });
    expect(nextHealthTime(swarm.state, swarm.contacts)).toBe(swarm.now + 30_000);
    swarm.now += 29_999;
    expect(typesOf(swarm.pass(0))).not.toContain('decision_answered');
    swarm.now += 1;
    expect(dataOf(swarm.pass(0), 'decision_answered')).toMatchObject({ answer: 'no', source: 'default', answered_by: 'tutti' });
    expect(answer(swarm)).toMatchObject({ refused: 'decision_closed' });
    expect(swarm.state.decisions.deadlines).toEqual([]);
  });

  test('needs a default with a deadline, and one that it offers', () => {
    const swarm = given();
    expect(ask(swarm, { deadline_seconds: 30 })).toMatchObject({ refused: 'invalid_input' });
    expect(ask(swarm, { default_answer: 'no' })).toMatchObject({ refused: 'invalid_input' });
    expect(ask(swarm, { deadline_seconds: 30, default_answer: 'perhaps' })).toMatchObject({ refused: 'invalid_input' });
    expect(ask(swarm, { deadline: new Date(swarm.now).toISOString(), default_answer: 'no' })).toMatchObject({ refused: 'invalid_input' });
    expect(ask(swarm, { options: [{ answer: 'a' }, { answer: 'a' }] })).toMatchObject({ refused: 'invalid_input' });
    expect(ask(swarm, { context: 'x'.repeat(70_000) })).toMatchObject({ refused: 'event_too_large' });
  });

  test('is settled by as many votes as it asked for; voting again replaces a vote', async () => {
    const swarm = given();
    ask(swarm, { votes_needed: 2 });
    const vote = (session_id: string, choice: string) =>
      typesOf(swarm.run('decision.vote', { decision_id: 'decision-001', answer: choice, session_id }));
    expect(vote('s1', 'no')).toEqual(['decision_voted']);
    expect(vote('s1', 'yes')).toEqual(['decision_voted']);
    expect(vote('s2', 'no')).toEqual(['decision_voted']);
    expect(vote('s2', 'yes')).toEqual(['decision_voted', 'decision_answered']);
    const { decision } = await swarm.ask('decision.show', { decision_id: 'decision-001' });
    expect(decision).toMatchObject({ answer: 'yes', source: 'votes', votes: [{ voter: 'session:s1' }, { voter: 'session:s2' }] });
  });

  test('keeps its task from being taken for stalled, and the wait counts as no silence', () => {
    const swarm = given();
    ask(swarm);
    swarm.now += 3_600_000;
    swarm.contacts.set('s1', swarm.now);
    swarm.contacts.set('s2', swarm.now);
    expect(typesOf(swarm.pass(0))).toEqual([]);
    answer(swarm);
    swarm.now += 500_000;
    for (const id of ['s1', 's2']) swarm.contacts.set(id, swarm.now);
    expect(typesOf(swarm.pass(0))).toEqual([]);
    swarm.now += 200_000;
    for (const id of ['s1', 's2']) swarm.contacts.set(id, swarm.now);
    expect(typesOf(swarm.pass(0))).toEqual(['task_probed']);
  });

  test('given with the task back: nobody gets it before the answer, and whoever does finds the answer', async () => {
    const swarm = given();
    expect(typesOf(ask(swarm, { release_task: true }))).toEqual(['decision_needed', 'task_released']);
    expect(swarm.state.ready.size).toBe(0);
    expect(swarm.run('work.claim', { session_id: 's2', task_id: 't1' })).toMatchObject({ refused: 'task_not_ready' });
    expect(await swarm.ask('task.show', { task_id: 't1' })).toMatchObject({
      task: { status: 'pending', waiting: { code: 'waiting_for_person' } },
    });
    answer(swarm);
    swarm.dispatch('s2');
    const { task } = await swarm.answer('work.request', { session_id: 's2' });
    expect(task).toMatchObject({ id: 't1', context: { decisions: [{ decision_id: 'decision-001', answer: 'yes' }] } });
    expect(swarm.state.tasks.get('t1')?.lost).toBe(0);
  });

  test('asked again while it is open is the same one; about a task that is not held it is refused', () => {
    const swarm = given();
    ask(swarm);
    expect(typesOf(ask(swarm))).toEqual([]);
    expect(swarm.run('decision.ask', { question: 'Mine?', session_id: 's2', task_id: 't1' })).toMatchObject({ refused: 'not_holder' });
    expect(swarm.run('decision.ask', { question: 'x', task_id: 'none' })).toMatchObject({ refused: 'task_unknown' });
    for (let asked = 1; asked < OPEN_PER_ASKER; asked += 1) ask(swarm, { question: `Q${asked}` });
    expect(ask(swarm, { question: 'one too many' })).toMatchObject({ refused: 'inbox_full' });
  });

  test('is withdrawn when its task has ended or the session that wanted leave has left', () => {
    const swarm = given();
    ask(swarm);
    swarm.must('work.complete', { session_id: 's1', task_id: 't1', status: 'completed' });
    swarm.run('decision.ask', { question: 'May I?', kind: 'permission', session_id: 's2' });
    swarm.must('session.deregister', { session_id: 's2' });
    const withdrawn = swarm.pass(0);
    expect(typesOf(withdrawn)).toEqual(['decision_withdrawn', 'decision_withdrawn']);
    expect(swarm.state.decisions.open.size).toBe(0);
  });

  test('in any order of events the log folds into the same state, which keeps its invariants', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('ask'), question: fc.constantFrom('a', 'b', 'c'), release_task: fc.boolean(), blocks: fc.boolean() }),
      fc.record({ kind: fc.constantFrom('answer', 'withdraw', 'vote'), number: fc.integer({ min: 1, max: 6 }) }),
      fc.record({ kind: fc.constantFrom('claim', 'complete', 'cancel', 'retry', 'dispatch', 'health', 'leave') }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const swarm = given();
        for (const each of steps) {
          swarm.now += 20_000;
          play(swarm, each);
          expect(brokenInvariants(swarm.state, new Set(['t1']))).toEqual([]);
        }
        const again = createState('test', DEFAULT_SETTINGS);
        for (const event of swarm.log) evolve(again, event);
        expect(again.decisions).toEqual(swarm.state.decisions);
      }),
      { numRuns: 150 },
    );
  });
});

function play(swarm: TestSwarm, step: { readonly kind: string; readonly [field: string]: unknown }): void {
  const { kind, number, question, release_task, blocks } = step;
  const decision_id = `decision-00${String(number)}`;
  if (kind === 'ask') ask(swarm, { question, release_task, blocks, deadline_seconds: 70, default_answer: 'no' });
  else if (kind === 'answer') answer(swarm, { decision_id });
  else if (kind === 'withdraw') swarm.run('decision.withdraw', { decision_id });
  else if (kind === 'vote') swarm.run('decision.vote', { decision_id, answer: 'yes' });
  else if (kind === 'claim') swarm.run('work.claim', { session_id: 's1', task_id: 't1' });
  else if (kind === 'complete') swarm.run('work.complete', { session_id: 's1', task_id: 't1', status: 'completed' });
  else if (kind === 'cancel') swarm.run('task.cancel', { task_id: 't1' });
  else if (kind === 'retry') swarm.run('task.retry', { task_id: 't1' });
  else if (kind === 'dispatch') swarm.dispatch('s1', 's2');
  else if (kind === 'leave') swarm.register('s1');
  else swarm.pass(0);
}

describe('C4 a signal', () => {
  test('is raised once while it is open, stands in the inbox by urgency, and is resolved once', async () => {
    const swarm = given();
    swarm.must('signal.raise', { type: 'innovation', title: 'Cache', session_id: 's1' });
    expect(typesOf(swarm.run('signal.raise', { type: 'innovation', title: 'Cache', session_id: 's1' }))).toEqual([]);
    swarm.must('signal.raise', { type: 'quality_issue', title: 'Flaky', urgency: 'critical', session_id: 's2' });
    const { items } = await swarm.ask('inbox.list', { kind: 'signal' });
    expect(items.map(({ title }) => title)).toEqual(['quality issue: Flaky', 'innovation: Cache']);
    swarm.must('signal.resolve', { signal_id: 'signal-001', resolution: 'done' });
    expect(swarm.run('signal.resolve', { signal_id: 'signal-001', resolution: 'again' })).toMatchObject({ refused: 'signal_closed' });
    expect(swarm.run('signal.resolve', { signal_id: 'signal-009', resolution: 'x' })).toMatchObject({ refused: 'signal_unknown' });
    expect(await swarm.ask('signal.list', { status: 'resolved' })).toMatchObject({
      signals: [{ signal_id: 'signal-001', resolution: 'done' }],
    });
  });
});

describe('D3 a request for a colleague', () => {
  test('waits in the inbox until it is settled, once', async () => {
    const swarm = given();
    const wanted = { role: 'intern', name: 'docs', instructions: 'Write them.', session_id: 's1' };
    swarm.must('colleague.request', wanted);
    expect(typesOf(swarm.run('colleague.request', wanted))).toEqual([]);
    expect(await swarm.ask('inbox.list', {})).toMatchObject({ items: [{ kind: 'colleague', title: 'Wanted: intern called docs' }] });
    swarm.must('colleague.settle', { request_id: 'colleague-001', outcome: 'started', colleague: 's2' });
    expect(await swarm.ask('colleague.list', {})).toMatchObject({ requests: [{ status: 'started', colleague: 's2' }] });
    const again = { request_id: 'colleague-001', outcome: 'declined' };
    expect(swarm.run('colleague.settle', again)).toMatchObject({ refused: 'colleague_request_closed' });
    expect(swarm.run('colleague.settle', { ...again, request_id: 'colleague-9' })).toMatchObject({ refused: 'colleague_request_unknown' });
  });
});
