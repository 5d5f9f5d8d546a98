/**
 * Real agent programs at work for a real server: the whole way from the queue to the result.
 */
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { resultOf, TestBed } from '../host/test-bed.ts';
import { makeRepository } from '../host/repository-fixture.ts';
import { type CrewKind, crewWorker, kindsOf } from './agent-crew.ts';
import { inTurns, onceAllAsk, startScriptedModel } from './model-servers/scripted-model.ts';

const [claude] = kindsOf('claude') as [CrewKind];

describe('real agents in the team', { timeout: 400_000 }, () => {
  test('B6 C2: Claude Code takes a task, claims it by our tools, edits a file, completes; usage and work are recorded', async (context) => {
    const bed = await TestBed.make();
    const repository = await makeRepository();
    const command = { command: 'echo hello > greeting.txt', description: 'Writes' };
    const model = await startScriptedModel(
      inTurns(
        { text: 'I claim it.', calls: [{ tool: 'claim_task', input: { task_id: 'greet' } }] },
        { text: 'I write it.', calls: [{ tool: 'Bash', input: command }] },
        { calls: [{ tool: 'put_knowledge', input: { topic: 'greeting', content: 'It says hello.' } }] },
        { text: 'The greeting says hello.', usage: { input: 50, output: 7, cached: 30 } },
      ),
    );
    const worker = await crewWorker(context, bed, { kind: claude, model });
    const spec = { prompt: 'Write hello into greeting.txt.', repository: repository.folder };
    const id = await bed.add(undefined, { id: 'greet', title: 'Write a greeting', spec });
    const task = await bed.untilTask(id, 'completed', 'failed');
    expect(resultOf(task)).toMatchObject({ outcome: 'completed', answer: 'The greeting says hello.', changed_files: ['greeting.txt'] });
    expect(await repository.git('show', `${resultOf(task).branch}:greeting.txt`)).toBe('hello');
    expect(await bed.client.call('knowledge.get', { topic: 'greeting' })).toMatchObject({ knowledge: { content: 'It says hello.' } });
    const { usage } = await bed.client.call('usage.show', { task_id: id });
    expect(usage).toMatchObject({ tokens_in: 350, tokens_out: 67, cache_read: 30, estimated_usd: 0 });
    expect(usage.cost_usd).toBeCloseTo(0.002064, 6);
    expect(model.requests.at(-1)?.results[0]).toContain('greet');
    expect(model.requests[0]?.prompt).toContain('Write hello into greeting.txt.');
    expect(await readFile(resultOf(task).log_file ?? '', 'utf8')).toContain('The greeting says hello.');
    await worker.stop();
  });

  test('A5 A7: Claude, Codex, Gemini and OpenCode work from one queue, and nothing is done twice', async (context) => {
    const bed = await TestBed.make();
    const model = await startScriptedModel(onceAllAsk(4));
    const ids: string[] = [];
    for (let number = 0; number < 8; number += 1)
      ids.push(await bed.add(undefined, { title: `Task ${number}`, spec: { prompt: `Do ${number}.` } }));
    for (const kind of kindsOf('claude', 'codex', 'gemini', 'opencode')) await crewWorker(context, bed, { kind, model });
    for (const id of ids)
      expect(resultOf(await bed.untilTask(id, 'completed', 'failed'))).toMatchObject({ outcome: 'completed', answer: 'Done.' });
    const assigned = await bed.log('task_assigned');
    expect(new Set(assigned.map(({ data }) => data['task_id'])).size).toBe(assigned.length);
    expect(new Set(assigned.map(({ data }) => data['session_id'])).size).toBe(4);
    expect(await bed.log('task_completed')).toHaveLength(8);
  });
});
