/**
 * Real agent programs at work for a real server: the whole way from the queue to the result.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, type TestContext } from 'vitest';
import type { AgentCommand } from '../../scripts/agent-programs.ts';
import { createRunner } from '../../src/runners/create-runner.ts';
import type { TaskResult } from '../../src/host/task-result.ts';
import type { AgentPermissions } from '../../src/runners/runner.ts';
import { resultOf, TestBed, type TestWorker, told, until } from '../host/test-bed.ts';
import { makeRepository } from '../host/repository-fixture.ts';
import { agentRequest, prepareAgent, programOf } from './agent-bed.ts';
import { inTurns, type ScriptedModel, startScriptedModel } from './model-servers/scripted-model.ts';

interface Crew {
  readonly bed: TestBed;
  readonly model: ScriptedModel;
}

/** A worker whose tasks a real program does. */
async function agentWorker(
  context: TestContext,
  crew: Crew,
  command: AgentCommand,
  permissions: AgentPermissions = 'all',
): Promise<TestWorker> {
  const program = programOf(context, command);
  const request = await agentRequest('');
  const own = await prepareAgent(command, crew.model.url, request);
  const model = command === 'claude' ? { model: 'claude-sonnet-4-5' } : command === 'gemini' ? { model: 'gemini-2.5-flash' } : {};
  const runner = await createRunner({ runner: command, program, permissions, ...model }, { ...request.environment, ...own });
  const environment = { ...request.environment, ...own };
  return crew.bed.worker(`${command}-1`, {
    runner,
    agent: { role: null },
    environment,
    data_folder: join(request.environment['HOME'] ?? '', 'data'),
  });
}

describe('real agents in the team', { timeout: 180_000 }, () => {
  test('B6 C2: Claude Code takes a task, writes a file, uses a tool of Tutti, completes; usage and work are recorded', async (context) => {
    const bed = await TestBed.make();
    const repository = await makeRepository();
    const command = { command: 'echo hello > greeting.txt', description: 'Writes' };
    const model = await startScriptedModel(
      inTurns(
        { text: 'I write it.', calls: [{ tool: 'Bash', input: command }] },
        { calls: [{ tool: 'put_knowledge', input: { topic: 'greeting', content: 'It says hello.' } }] },
        { text: 'The greeting says hello.', usage: { input: 50, output: 7, cached: 30 } },
      ),
    );
    const worker = await agentWorker(context, { bed, model }, 'claude');
    const spec = { prompt: 'Write hello into greeting.txt.', repository: repository.folder };
    const id = await bed.add(undefined, { title: 'Write a greeting', spec });
    const task = await bed.untilTask(id, 'completed', 'failed');
    expect(resultOf(task)).toMatchObject({ outcome: 'completed', answer: 'The greeting says hello.', changed_files: ['greeting.txt'] });
    expect(await repository.git('show', `${resultOf(task).branch}:greeting.txt`)).toBe('hello');
    expect(await bed.client.call('knowledge.get', { topic: 'greeting' })).toMatchObject({ knowledge: { content: 'It says hello.' } });
    const { usage } = await bed.client.call('usage.show', { task_id: id });
    expect(usage).toMatchObject({ tokens_in: 250, tokens_out: 47, cache_read: 30, estimated_usd: 0 });
    expect(usage.cost_usd).toBeCloseTo(0.001464, 6);
    expect(model.requests[0]?.prompt).toContain('Write hello into greeting.txt.');
    expect(await readFile(resultOf(task).log_file ?? '', 'utf8')).toContain('The greeting says hello.');
    await worker.stop();
  });

  test('F9: a permission prompt of Claude Code stands in the inbox, is answered, and the run goes on', async (context) => {
    const bed = await TestBed.make();
    const command = { command: 'touch allowed.txt', description: 'Touches' };
    const model = await startScriptedModel(inTurns({ calls: [{ tool: 'Bash', input: command }] }, { text: 'Done.' }));
    await agentWorker(context, { bed, model }, 'claude', 'ask');
    const id = await bed.add(undefined, { title: 'Ask first', spec: { prompt: 'Touch it.' } });
    const item = await until(async () => (await bed.client.call('inbox.list', {})).items[0] ?? null);
    expect(item).toMatchObject({ kind: 'permission' });
    const [open] = (await bed.client.call('decision.list', { status: 'open' })).decisions;
    expect(open).toMatchObject({
      task_id: id,
      session_id: 'claude-1',
      context: { tool: 'Bash', detail: expect.stringContaining('touch allowed.txt') },
    });
    await bed.client.call('decision.answer', { decision_id: open?.decision_id ?? '', answer: 'allow' });
    const task = await bed.untilTask(id, 'completed', 'failed');
    expect(resultOf(task)).toMatchObject({ outcome: 'completed', answer: 'Done.' });
    expect(model.requests.at(-1)?.results.at(-1)).not.toContain('denied');
  });

  test.for(['claude', 'codex', 'gemini'] as const)(
    'B12: %s killed in its task: the attempt fails, its transcript stays, the next one completes',
    async (command, context) => {
      const bed = await TestBed.make();
      let asked = 0;
      const model = await startScriptedModel(({ tools }) => {
        if (tools.length === 0) return { text: 'A title.' };
        asked += 1;
        return asked === 1 ? { hang: true } : { text: 'Second try.' };
      });
      const worker = await agentWorker(context, { bed, model }, command);
      const id = await bed.add(undefined, { title: 'Survive', spec: { prompt: 'Survive.' }, max_attempts: 2, backoff_seconds: 0 });
      await until(() => asked > 0);
      for (const pid of agentProcesses()) process.kill(pid, 'SIGKILL');
      const task = await bed.untilTask(id, 'completed', 'failed');
      expect(resultOf(task)).toMatchObject({ outcome: 'completed', answer: 'Second try.' });
      const { history } = await bed.client.call('task.show', { task_id: id });
      const failed = history.find((entry) => entry.action === 'failed')?.result as unknown as TaskResult;
      expect(failed).toMatchObject({ outcome: 'failed', signal: 'SIGKILL', error: { code: 'agent_failed' } });
      expect(failed.log_file).not.toBeNull();
      await readFile(failed.log_file ?? '');
      await worker.stop();
    },
  );

  test('E17 B12: the server goes away in a run: the agent works on, and its result arrives once', async (context) => {
    const bed = await TestBed.make();
    const model = await startScriptedModel(() => ({ text: 'Made alone.', delay_ms: 1_500 }));
    const worker = await agentWorker(context, { bed, model }, 'claude');
    const id = await bed.add(undefined, { title: 'Alone', spec: { prompt: 'Go on alone.' } });
    await until(() => model.requests.length > 0);
    await bed.stopServer();
    await until(() => told(worker, 'finished').length > 0);
    await bed.startServer();
    const task = await bed.untilTask(id, 'completed', 'failed');
    expect(resultOf(task)).toMatchObject({ outcome: 'completed', answer: 'Made alone.' });
    expect(await bed.log('task_completed')).toHaveLength(1);
    await until(async () => (await bed.client.call('usage.show', { task_id: id })).usage.runs === 1);
  });

  test('F3: a refusal of the provider parks the task until its reset', async (context) => {
    const bed = await TestBed.make();
    const reset = Math.ceil(Date.now() / 1_000) * 1_000 + 3_600_000;
    const message = `Your usage limit resets at ${new Date(reset).toISOString()}.`;
    const model = await startScriptedModel(() => ({ status: 429, headers: { 'retry-after': '3600' }, message }));
    const worker = await agentWorker(context, { bed, model }, 'claude');
    const id = await bed.add(undefined, { title: 'Wait', spec: { prompt: 'Wait.' } });
    await until(() => told(worker, 'parked').length > 0);
    const { task, history } = await bed.client.call('task.show', { task_id: id });
    expect(task).toMatchObject({ status: 'pending', failure: null, waiting: { code: 'delayed' } });
    const parked = history.find((entry) => entry.action === 'parked')?.details as { readonly until: string } | undefined;
    const due = Date.parse(parked?.until ?? '');
    expect(due > reset && due <= reset + 125_000).toBe(true);
    await worker.stop();
  });

  test('F3: a budget stops Claude Code, and the task has failed because of it', async (context) => {
    const bed = await TestBed.make();
    const model = await startScriptedModel(() => ({ calls: [{ tool: 'status', input: {} }], usage: { input: 1_000_000 } }));
    const id = await bed.add(undefined, { title: 'Spend', spec: { prompt: 'Spend for ever.' }, max_attempts: 5 });
    await bed.client.call('budget.set', { task_id: id, cost_usd: 5 });
    await agentWorker(context, { bed, model }, 'claude');
    const task = await bed.untilTask(id, 'completed', 'failed');
    expect([task.status, task.failure]).toEqual(['failed', 'budget_exhausted']);
    const { usage, budget } = await bed.client.call('usage.show', { task_id: id });
    expect([budget?.exhausted, usage.cost_usd > 5, usage.cost_usd < 15]).toEqual([true, true, true]);
    expect(model.requests.length).toBeLessThan(5);
  });

  test('A5 A7: Claude, Codex, Gemini and OpenCode work from one queue, and nothing is done twice', async (context) => {
    const bed = await TestBed.make();
    const model = await startScriptedModel(() => ({ text: 'Done.' }));
    const ids: string[] = [];
    for (let number = 0; number < 8; number += 1)
      ids.push(await bed.add(undefined, { title: `Task ${number}`, spec: { prompt: `Do ${number}.` } }));
    for (const command of ['claude', 'codex', 'gemini', 'opencode'] as const) await agentWorker(context, { bed, model }, command);
    for (const id of ids)
      expect(resultOf(await bed.untilTask(id, 'completed', 'failed'))).toMatchObject({ outcome: 'completed', answer: 'Done.' });
    const assigned = await bed.log('task_assigned');
    expect(new Set(assigned.map(({ data }) => data['task_id'])).size).toBe(assigned.length);
    expect(new Set(assigned.map(({ data }) => data['session_id'])).size).toBe(4);
    expect(await bed.log('task_completed')).toHaveLength(8);
  });
});

/** The first processes of agents that this test process started: they lead sessions of their own. */
function agentProcesses(): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const [, parent, , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const isAgent =
        Number(parent) === process.pid && session === name && readFileSync(`/proc/${name}/environ`, 'latin1').includes('TUTTI_RUN=');
      return isAgent ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}
