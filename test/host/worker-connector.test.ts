/**
 * Rows C2, E11 and F3: a worker whose tasks a model does straight, by the providers' official libraries: the operations of
 * Tutti are its tools, called as the worker's session.
 */
import { describe, expect, test } from 'vitest';
import { createRunner } from '../../src/runners/create-runner.ts';
import { inTurns, type ScriptedModel, startScriptedModel } from '../agents/model-servers/scripted-model.ts';
import { resultOf, TestBed, type TestWorker, told, until } from './test-bed.ts';

const CONNECTORS = [
  ['anthropic', ''],
  ['openai', '/v1'],
  ['deepseek', ''],
] as const;
type ConnectorName = (typeof CONNECTORS)[number][0];
const KEYS = { ANTHROPIC_API_KEY: 'dummy', OPENAI_API_KEY: 'dummy', DEEPSEEK_API_KEY: 'dummy' };

async function connectorWorker(bed: TestBed, model: ScriptedModel, name: ConnectorName = 'anthropic'): Promise<TestWorker> {
  const path = CONNECTORS.find(([each]) => each === name)?.[1] ?? '';
  const base_url = `${model.url}${path}`;
  const runner = await createRunner({ runner: name, model: 'model-1', base_url, permissions: 'all' }, KEYS);
  return bed.worker(`${name}-1`, { runner, agent: { role: null }, prices: { 'model-1': { input: 1, output: 1 } } });
}

const ask = { title: 'Plan it', spec: { prompt: 'Plan it.' } };

describe('a worker with a connector', { timeout: 180_000 }, () => {
  test.for(CONNECTORS)(
    'C2 E11: the model of %s uses the operations of Tutti as the session, and its answer is the result',
    async ([name]) => {
      const bed = await TestBed.make();
      const model = await startScriptedModel(
        inTurns(
          { calls: [{ tool: 'add_task', input: { type: 'review', title: 'Look at it' } }] },
          { calls: [{ tool: 'put_knowledge', input: { topic: 'plan', content: 'Two steps.' } }] },
          { calls: [{ tool: 'put_knowledge', input: { topic: 'plan' } }] },
          { text: 'The plan has two steps.' },
        ),
      );
      const worker = await connectorWorker(bed, model, name);
      const id = await bed.add(undefined, ask);
      const task = await bed.untilTask(id, 'completed', 'failed');
      expect(resultOf(task)).toMatchObject({ outcome: 'completed', answer: 'The plan has two steps.' });
      const [added] = await bed.log('task_added').then((events) => events.filter(({ data }) => data['task_id'] !== id));
      expect(added?.actor).toBe(`session:${worker.id}`);
      expect(await bed.client.call('knowledge.get', { topic: 'plan' })).toMatchObject({ knowledge: { content: 'Two steps.' } });
      expect(model.requests[3]?.results.at(-1)).toMatch(/content.*\[invalid_input\][\s\S]*Next: /);
      const offered = model.requests[0]?.tools ?? [];
      expect(offered).toEqual(expect.arrayContaining(['add_task', 'update_task', 'ask_decision', 'search_knowledge', 'why_task']));
      for (const own of ['register', 'request_work', 'claim_task', 'complete_task', 'park_task']) expect(offered).not.toContain(own);
    },
  );

  test('E11: a model speaks for nobody else, and nonsense as arguments is told to it', async () => {
    const bed = await TestBed.make();
    const model = await startScriptedModel(
      inTurns(
        { calls: [{ tool: 'update_task', input: { session_id: 'somebody', task_id: 'x', progress: 1 } }] },
        { calls: [{ tool: 'no_such_tool', input: {} }] },
        { text: 'Well.' },
      ),
    );
    await connectorWorker(bed, model);
    const id = await bed.add(undefined, ask);
    expect(resultOf(await bed.untilTask(id, 'completed', 'failed')).outcome).toBe('completed');
    const results = model.requests.at(-1)?.results ?? [];
    expect(results).toEqual([expect.stringContaining('[credential_invalid]'), 'There is no tool no_such_tool.']);
  });

  test('C2: a structured answer that the spec asks for is in the result as data', async () => {
    const bed = await TestBed.make();
    const model = await startScriptedModel(() => ({ text: '{"risk":3}' }));
    await connectorWorker(bed, model, 'openai');
    const answer_schema = { type: 'object', properties: { risk: { type: 'integer' } }, required: ['risk'], additionalProperties: false };
    const id = await bed.add(undefined, { title: 'Judge', spec: { prompt: 'Judge.', answer_schema } });
    expect(resultOf(await bed.untilTask(id, 'completed', 'failed'))).toMatchObject({ outcome: 'completed', structured: { risk: 3 } });
    expect(model.requests[0]?.prompt).not.toContain('answer_schema');
  });

  test('F3: a budget stops the model between its tools, by what the table of prices says', async () => {
    const bed = await TestBed.make();
    const model = await startScriptedModel(() => ({ calls: [{ tool: 'status', input: {} }], usage: { input: 1_000_000 } }));
    const id = await bed.add(undefined, { ...ask, max_attempts: 5 });
    await bed.client.call('budget.set', { task_id: id, cost_usd: 2.5 });
    await connectorWorker(bed, model, 'deepseek');
    const task = await bed.untilTask(id, 'completed', 'failed');
    expect([task.status, task.failure, model.requests.length]).toEqual(['failed', 'budget_exhausted', 3]);
    expect((await bed.client.call('usage.show', { task_id: id })).usage.estimated_usd).toBeCloseTo(3, 2);
  });

  test('a task that is cancelled ends the conversation, also while a tool waits', async () => {
    const bed = await TestBed.make();
    const model = await startScriptedModel(({ results }) => {
      const decision_id = /"decision_id":"([^"]+)"/.exec(results.at(-1) ?? '')?.[1];
      if (results.length > 1) return { text: 'Never.' };
      if (decision_id !== undefined) return { calls: [{ tool: 'show_decision', input: { decision_id, wait: 50 } }] };
      return { calls: [{ tool: 'ask_decision', input: { question: 'Which?', options: [{ answer: 'a' }, { answer: 'b' }] } }] };
    });
    const worker = await connectorWorker(bed, model);
    const id = await bed.add(undefined, ask);
    await until(() => model.requests.length === 2);
    await bed.client.call('task.cancel', { task_id: id });
    await until(() => told(worker, 'revoked').length === 1);
    expect(model.requests).toHaveLength(2);
  });
});
