/**
 * Rows B6, B12, E17 and F3 with every real agent program at once: killed in their tasks, left alone by the server, refused by
 * their providers, stopped by their budgets.
 */
import { readFile } from 'node:fs/promises';
import { describe, expect, test, type TestContext } from 'vitest';
import type { TaskResult } from '../../src/host/task-result.ts';
import { resultOf, TestBed, type TestWorker, told, until } from '../host/test-bed.ts';
import { agentProcesses, BY_ACP, type CrewKind, crewWorker, DIRECT, kindsOf } from './agent-crew.ts';
import { onceAllAsk, type Script, type ScriptedModel, startScriptedModel } from './model-servers/scripted-model.ts';

interface Post {
  readonly kind: CrewKind;
  readonly model: ScriptedModel;
  readonly worker: TestWorker;
  /** The task that only its kind can do. */
  readonly id: string;
}

/** What a post is made with: a model of its own by this script, a task with these fields. */
interface Orders {
  readonly script: Script;
  readonly task?: object;
}

/** A worker of each kind, with a task for it and a model of its own. */
async function posts(context: TestContext, bed: TestBed, kinds: readonly CrewKind[], { script, task }: Orders): Promise<Post[]> {
  const made: Post[] = [];
  for (const kind of kinds) {
    const model = await startScriptedModel(script);
    const worker = await crewWorker(context, bed, { kind, model });
    const id = await bed.add(undefined, { title: 'A task', spec: { prompt: 'Do it.' }, required_capability: kind.name, ...task });
    made.push({ kind, model, worker, id });
  }
  return made;
}

/** Requests of the agent itself; programs also ask for titles and the like, without tools. */
function asked({ model }: Post): number {
  return model.requests.filter(({ tools }) => tools.length > 0).length;
}

describe('every agent program in the team', { timeout: 400_000 }, () => {
  test('(4) B6 E11: Claude, Codex, Gemini and OpenCode by one driver, the Agent Client Protocol, claim from one queue at once', async (context) => {
    const bed = await TestBed.make();
    const model = await startScriptedModel(onceAllAsk(BY_ACP.length));
    const workers: TestWorker[] = [];
    for (const kind of BY_ACP) workers.push(await crewWorker(context, bed, { kind, model }));
    for (const worker of workers) await until(() => told(worker, 'registered').length > 0);
    // No task names who can do it: any of the four may take each.
    const ids = await Promise.all(workers.map((_, number) => bed.add(undefined, { title: `Task ${number}`, spec: { prompt: 'Do it.' } })));
    for (const id of ids)
      expect(resultOf(await bed.untilTask(id, 'completed', 'failed'))).toMatchObject({ outcome: 'completed', answer: 'Done.' });
    const assigned = await bed.log('task_assigned');
    const tasks = assigned.map(({ data }) => String(data['task_id']));
    expect(tasks.toSorted()).toEqual(ids.toSorted());
    expect(new Set(assigned.map(({ data }) => data['session_id']))).toEqual(new Set(workers.map(({ id }) => id)));
    expect(await bed.log('task_completed')).toHaveLength(ids.length);
  });

  test('(6) B12: killed in their tasks, which another session completes; what the killed ones said stays', async (context) => {
    const bed = await TestBed.make();
    const made = await posts(context, bed, DIRECT, {
      script: ({ tools }) => (tools.length === 0 ? { text: 'A title.' } : { hang: true }),
      task: { max_attempts: 2, backoff_seconds: 0 },
    });
    for (const post of made) await until(() => asked(post) > 0);
    for (const { kind, worker } of made) {
      await bed.client.call('swarm.pause', { session: worker.id });
      const model = await startScriptedModel(() => ({ text: 'Done by another.' }));
      await crewWorker(context, bed, { kind, model, id: `${kind.name}-2` });
    }
    for (const pid of agentProcesses()) process.kill(pid, 'SIGKILL');
    for (const { id, kind } of made) {
      const task = await bed.untilTask(id, 'completed', 'failed');
      expect([kind.name, task.assigned_to, resultOf(task).answer]).toEqual([kind.name, `${kind.name}-2`, 'Done by another.']);
      const { history } = await bed.client.call('task.show', { task_id: id });
      const failed = history.find((entry) => entry.action === 'failed')?.result as unknown as TaskResult;
      expect([kind.name, failed.outcome, failed.signal]).toEqual([kind.name, 'failed', 'SIGKILL']);
      await readFile(failed.log_file ?? '');
    }
  });

  test('(7) E17 B12: the server goes away in their runs: they work on, and each result arrives once', async (context) => {
    const bed = await TestBed.make();
    const isGone = Promise.withResolvers<void>();
    const made = await posts(context, bed, DIRECT, { script: () => ({ text: 'Made alone.', after: isGone.promise }) });
    for (const post of made) await until(() => asked(post) > 0);
    await bed.stopServer();
    isGone.resolve();
    for (const { worker } of made) await until(() => told(worker, 'finished').length > 0);
    await bed.startServer();
    for (const { id, kind } of made) {
      const task = await bed.untilTask(id, 'completed', 'failed');
      expect([kind.name, resultOf(task).outcome, resultOf(task).answer]).toEqual([kind.name, 'completed', 'Made alone.']);
      await until(async () => (await bed.client.call('usage.show', { task_id: id })).usage.runs > 0);
    }
    expect(await bed.log('task_completed')).toHaveLength(made.length);
  });

  test('(8) F3: refused by their providers, their tasks wait until the reset, and their sessions with them', async (context) => {
    const bed = await TestBed.make();
    const reset = Math.ceil(Date.now() / 1_000) * 1_000 + 3_600_000;
    const message = `Your usage limit resets at ${new Date(reset).toISOString()}. Please try again in 3600s.`;
    const made = await posts(context, bed, DIRECT, { script: () => ({ status: 429, headers: { 'retry-after': '3600' }, message }) });
    for (const { worker } of made) await until(() => told(worker, 'parked').length > 0);
    for (const { id, kind } of made) {
      const { task, history } = await bed.client.call('task.show', { task_id: id });
      expect([kind.name, task.status, task.failure, task.waiting?.code]).toEqual([kind.name, 'pending', null, 'delayed']);
      const parked = history.find((entry) => entry.action === 'parked')?.details as { readonly until: string } | undefined;
      expect([kind.name, Date.parse(parked?.until ?? '') > Date.now()]).toEqual([kind.name, true]);
    }
    const { sessions } = await bed.client.call('session.list', {});
    expect(sessions.filter(({ limited }) => limited === null)).toEqual([]);
  });

  test('(9) F3: a budget stops every program in its turn, after the call of its model that uses it up', async (context) => {
    expect(await stoppedByBudgets(context, DIRECT)).toEqual(DIRECT.map(({ name }) => [name, 'failed', 'budget_exhausted', true, true]));
  });

  test('(9) F3: so it does those that are driven by the Agent Client Protocol', async (context) => {
    expect(await stoppedByBudgets(context, BY_ACP)).toEqual(BY_ACP.map(({ name }) => [name, 'failed', 'budget_exhausted', true, true]));
  });

  test('(9) F3: a budget of cost stops Claude Code by its own limit', async (context) => {
    const kinds = kindsOf('claude');
    expect(await stoppedByBudgets(context, kinds, { cost_usd: 0.1 })).toEqual([['claude', 'failed', 'budget_exhausted', true, true]]);
  });

  test('(9) F3: nothing follows in a session whose budget is used up', async (context) => {
    const bed = await TestBed.make();
    const script: Script = ({ tools }) => ({ text: tools.length === 0 ? 'A title.' : 'Done.', usage: { input: 30_000 } });
    const [kind] = kindsOf('acp-opencode') as [CrewKind];
    await bed.client.call('session.register', { session_id: `${kind.name}-1`, capabilities: [], wants_work: false });
    await bed.client.call('budget.set', { session_id: `${kind.name}-1`, tokens: 25_000 });
    const model = await startScriptedModel(script);
    const id = await bed.add(undefined, { title: 'Spend', spec: { prompt: 'Spend.' }, required_capability: kind.name, max_attempts: 5 });
    await bed.client.call('budget.set', { task_id: id, tokens: 25_000 });
    await crewWorker(context, bed, { kind, model });
    const task = await bed.untilTask(id, 'completed', 'failed');
    expect([task.status, task.failure]).toEqual(['failed', 'budget_exhausted']);
    const after = await bed.add(undefined, { title: 'More', spec: { prompt: 'More.' }, required_capability: kind.name });
    expect(JSON.stringify(await bed.client.call('explain.task', { task_id: after }))).toContain('budget_exhausted');
    expect((await bed.task(after)).attempt).toBe(0);
  });
});

/** Each spends 20,000 tokens with each of three answers and may spend 50,000; a fourth answer never comes. */
async function stoppedByBudgets(context: TestContext, kinds: readonly CrewKind[], budget: object = { tokens: 50_000 }): Promise<unknown[]> {
  const bed = await TestBed.make();
  const script: Script = ({ tools, number }) => {
    if (tools.length === 0) return { text: 'A title.' };
    return number < 3 ? { calls: [{ tool: 'status', input: {} }], usage: { input: 20_000 } } : { hang: true };
  };
  const made: Post[] = [];
  for (const kind of kinds) {
    const model = await startScriptedModel(script);
    const id = await bed.add(undefined, { title: 'Spend', spec: { prompt: 'Spend.' }, required_capability: kind.name, max_attempts: 5 });
    await bed.client.call('budget.set', { task_id: id, ...budget });
    made.push({ kind, model, id, worker: await crewWorker(context, bed, { kind, model }) });
  }
  const ends: unknown[] = [];
  for (const post of made) {
    const { status, failure } = await bed.untilTask(post.id, 'completed', 'failed');
    const shown = await bed.client.call('usage.show', { task_id: post.id });
    ends.push([post.kind.name, status, failure, asked(post) <= 4, shown.budget?.exhausted]);
  }
  return ends;
}
