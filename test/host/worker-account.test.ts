/**
 * Row F3: workers that share an account at a provider wait together when it takes no more; a worker with another account
 * works on.
 */
import { describe, expect, test } from 'vitest';
import { createRunner } from '../../src/runners/create-runner.ts';
import type { SettingsPatch } from '../../src/contract/settings.ts';
import { type Script, startScriptedModel } from '../agents/model-servers/scripted-model.ts';
import { resultOf, TestBed, type TestWorker, told, until } from './test-bed.ts';

async function worker(bed: TestBed, id: string, account: string, script: Script): Promise<TestWorker> {
  const model = await startScriptedModel(script);
  const runner = await createRunner(
    { runner: 'anthropic', model: 'model-1', base_url: model.url, permissions: 'all' },
    { ANTHROPIC_API_KEY: 'dummy' },
  );
  return bed.worker(id, { runner, account, agent: { role: null } });
}

const used: Script = () => ({ status: 429, headers: { 'retry-after': '3600' }, message: 'The usage limit of this account is reached.' });
const task = { title: 'Do it', spec: { prompt: 'Do it.' } };

/** Two workers of one account, of which one was refused; returns the task it was refused. */
async function refused(settings: SettingsPatch): Promise<{ readonly bed: TestBed; readonly second: TestWorker; readonly id: string }> {
  const bed = await TestBed.make(settings);
  const first = await worker(bed, 'a-1', 'anthropic:a', used);
  await until(() => told(first, 'registered').length > 0);
  const id = await bed.add(undefined, task);
  await until(() => told(first, 'parked').length > 0);
  const second = await worker(bed, 'a-2', 'anthropic:a', () => ({ text: 'Never asked.' }));
  await until(() => told(second, 'registered').length > 0);
  return { bed, second, id };
}

describe('F3 workers that share an account', { timeout: 180_000 }, () => {
  test('wait together and say so; a task for them waits, and another account does it', async () => {
    const { bed, second, id } = await refused({});
    const next = await bed.add(undefined, task);
    const { sessions } = await bed.client.call('session.list', {});
    expect(sessions.map(({ id: name, account, limited }) => [name, account, limited?.reason])).toEqual([
      ['a-1', 'anthropic:a', 'usage'],
      ['a-2', 'anthropic:a', 'usage'],
    ]);
    expect((await bed.task(next)).waiting).toMatchObject({ code: 'provider_limited' });
    await worker(bed, 'b-1', 'anthropic:b', () => ({ text: 'Done by b.' }));
    expect(resultOf(await bed.untilTask(next, 'completed', 'failed')).answer).toBe('Done by b.');
    expect((await bed.task(id)).waiting).toMatchObject({ code: 'delayed' });
    expect(told(second, 'assigned')).toEqual([]);
  });

  test('where the swarm gives it back, the refused task is done by the other account at once', async () => {
    const { bed, second, id } = await refused({ limited_tasks: 'give_back' });
    await worker(bed, 'b-1', 'anthropic:b', () => ({ text: 'Done by b.' }));
    expect(resultOf(await bed.untilTask(id, 'completed', 'failed')).answer).toBe('Done by b.');
    expect(told(second, 'assigned')).toEqual([]);
    const { history } = await bed.client.call('task.show', { task_id: id });
    expect(history.map(({ action }) => action)).toEqual([
      'added',
      'assigned',
      'started',
      'parked',
      'due',
      'assigned',
      'started',
      'completed',
    ]);
  });
});
