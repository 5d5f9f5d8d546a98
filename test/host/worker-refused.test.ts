/**
 * Row F3: a provider that refuses the key burns no tasks: they are given back unharmed, a person is told, and work goes on
 * once the key is accepted.
 */
import { describe, expect, test } from 'vitest';
import { createRunner } from '../../src/runners/create-runner.ts';
import { refusalOn } from '../agents/model-servers/refusals.ts';
import { startScriptedModel } from '../agents/model-servers/scripted-model.ts';
import { resultOf, TestBed, type TestWorker, told, until } from './test-bed.ts';

describe('F3 a worker whose key is refused', { timeout: 180_000 }, () => {
  test('gives its task back, gets no other, says so everywhere, and goes on at its next start', async () => {
    const bed = await TestBed.make();
    let paid = false;
    const model = await startScriptedModel(({ wire }) => (paid ? { text: 'Done.' } : refusalOn(wire, 'key')));
    const worker = async (): Promise<TestWorker> => {
      const choice = { runner: 'openai', model: 'model-1', base_url: `${model.url}/v1`, permissions: 'all' as const };
      const runner = await createRunner(choice, { OPENAI_API_KEY: 'dummy' });
      return bed.worker('o-1', { runner, account: 'openai:a', agent: { role: null } });
    };
    const ids = [];
    for (let number = 0; number < 3; number += 1) ids.push(await bed.add(undefined, { title: 'Do it', spec: { prompt: 'Do it.' } }));
    const first = await worker();
    await until(() => told(first, 'refused').length > 0);
    const { session } = await bed.client.call('session.show', { session_id: 'o-1' });
    expect(session.limited).toMatchObject({ reason: 'access', message: expect.stringContaining('Incorrect API key provided') });
    const { items } = await bed.client.call('inbox.list', {});
    expect(items).toMatchObject([{ kind: 'signal', title: expect.stringContaining('refuses the key of the account openai:a') }]);
    for (const id of ids) expect(await bed.task(id)).toMatchObject({ status: 'pending', failure: null });
    expect([model.requests.length, (await bed.log('task_failed')).length]).toEqual([1, 0]);

    paid = true;
    await first.stop();
    await worker();
    for (const id of ids) expect(resultOf(await bed.untilTask(id, 'completed', 'failed')).answer).toBe('Done.');
    expect((await bed.client.call('inbox.list', {})).total).toBe(0);
  });
});
