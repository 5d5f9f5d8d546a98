/**
 * Rows C5 and F9 over HTTP: the inbox, answers that wake whoever waits, conflicts, and what is pushed.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { OperationName, OutputOf } from '../../src/contract/operations.ts';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';
import { expectProblem } from './expect-problem.ts';
import { callsTo } from './operation-calls.ts';

let server: TestServer;

beforeEach(async () => {
  server = await startTestServer({ settings: { health_interval: 1 } });
  await register('w1');
  await post('work.add', '/work/add', { id: 't1', type: 'build', title: 'Build' });
  await post('work.claim', '/work/claim', { session_id: 'w1', task_id: 't1' });
});

afterEach(() => server.close());

const { ask, register } = callsTo(() => server);
const post = <N extends OperationName>(name: N, path: string, body: object): Promise<OutputOf<N>> => ask(name, path, { body });
const QUESTION = {
  session_id: 'w1',
  question: 'Run rm -rf build?',
  kind: 'permission',
  options: [{ answer: 'allow' }, { answer: 'deny' }],
};

describe('C5 decisions', () => {
  test('a waiting reader gets the answer when a person gives it, and a second answer is a conflict', async () => {
    const { decision } = await post('decision.ask', '/decision/ask', QUESTION);
    const waiting = ask('decision.show', `/decision/${decision.decision_id}?wait=60`);
    expect(await ask('inbox.list', '/api/inbox')).toMatchObject({ blocking: 1, items: [{ kind: 'permission', task_id: 't1' }] });
    await post('decision.answer', '/api/decisions', { decision_id: decision.decision_id, answer: 'allow', answered_by: 'ada' });
    expect(await waiting).toMatchObject({ decision: { status: 'answered', answer: 'allow', answered_by: 'ada' } });
    const again = await server.request(`/decision/${decision.decision_id}/answer`, { body: { answer: 'deny' } });
    expectProblem(again, 'decision_closed');
    expect(String(again.body['detail'])).toContain('"allow" by ada');
  });

  test('the default of a silent deadline holds, and wakes whoever waits', async () => {
    const body = { ...QUESTION, deadline_seconds: 1, default_answer: 'deny' };
    const { decision } = await post('decision.ask', '/decision/ask', body);
    const shown = await ask('decision.show', `/decision/${decision.decision_id}?wait=60`);
    expect(shown).toMatchObject({ decision: { answer: 'deny', source: 'default' } });
  });

  test('a wait ends after its time, and repeating an answer under its command id repeats the outcome', async () => {
    const { decision } = await post('decision.ask', '/decision/ask', QUESTION);
    expect(await ask('decision.show', `/decision/${decision.decision_id}?wait=0.1`)).toMatchObject({ decision: { status: 'open' } });
    const answer = { answer: 'allow', command_id: 'once' };
    const path = `/decision/${decision.decision_id}/answer`;
    expect(await post('decision.answer', path, answer)).toEqual(await post('decision.answer', path, answer));
  });

  test('roles hold: a worker asks, votes and cannot answer', async () => {
    const token = server.tokens.tokenOf('worker');
    const asked = await server.request('/decision/ask', { body: QUESTION, token });
    expect(asked.status).toBe(200);
    expectProblem(await server.request('/decision/decision-001/answer', { body: { answer: 'allow' }, token }), 'forbidden');
    expectProblem(await server.request('/decision/nothing'), 'decision_unknown');
    expectProblem(await server.request('/inbox/nothing'), 'inbox_item_unknown');
  });
});

describe('F9 the inbox', () => {
  test('shows what is asked, by whom and why, and messages to people', async () => {
    await post('decision.ask', '/decision/ask', { ...QUESTION, context: { tool: 'Bash', command: 'rm -rf build' }, evidence: ['build/'] });
    const { message_id } = await post('message.send', '/message/send', { session_id: 'w1', to: 'people', subject: 'Hello', body: 'x' });
    const { items } = await ask('inbox.list', '/inbox/list');
    expect(items.map(({ kind }) => kind)).toEqual(['permission', 'message']);
    expect(await ask('inbox.show', '/inbox/decision-001')).toMatchObject({ decision: { context: { command: 'rm -rf build' } } });
    expect(await ask('inbox.show', `/inbox/message-${message_id}`)).toMatchObject({ message: { subject: 'Hello' } });
    const { items: first, next_cursor } = await ask('inbox.list', '/inbox/list?limit=1');
    expect(first).toHaveLength(1);
    expect(await ask('inbox.list', `/inbox/list?limit=1&cursor=${String(next_cursor)}`)).toMatchObject({
      items: [{ kind: 'message' }],
      next_cursor: null,
    });
  });
});
