/**
 * Rows B6 and F3: what an agent at its own terminal used is recorded from its transcript by the hooks that it runs: once,
 * for the task that its tools name, also after a server that was away, and never what was used before it joined.
 */
import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TuttiClient } from '../../src/client/client.ts';
import { Project } from '../cli/tutti.ts';

let project: Project;
let transcript: string;

beforeEach(() => {
  project = new Project();
  transcript = join(project.folder, 'transcript.jsonl');
});

afterEach(() => project.remove());

const CONVERSATION = '0b1e7c2a-1111-2222-3333-444455556666';
const SESSION = 'claude-0b1e7c2a1111';
const ENV = { CLAUDE_PID: String(process.pid), CLAUDE_CODE_SESSION_ID: CONVERSATION };

function hook(event: string, more: object = {}): ReturnType<Project['run']> {
  const about = { hook_event_name: event, session_id: CONVERSATION, cwd: project.folder, transcript_path: transcript };
  return project.run(['hook', 'claude'], { env: ENV, input: JSON.stringify({ ...about, ...more }) });
}

/** What a message of the agent does: nothing, or it names a task to one of our tools. */
type Calls = readonly [tool: string, task_id: string] | null;

interface Said {
  readonly input: number;
  readonly output?: number;
  readonly calls?: Calls;
  readonly file?: string;
}

function says(id: string, { input, output = 0, calls = null, file = transcript }: Said): void {
  const content = calls === null ? [] : [{ type: 'tool_use', name: `mcp__tutti__${calls[0]}`, input: { task_id: calls[1] } }];
  const message = { id, model: 'sonnet-x', content, usage: { input_tokens: input, output_tokens: output } };
  appendFileSync(file, `${JSON.stringify({ type: 'assistant', timestamp: new Date().toISOString(), message })}\n`);
}

/** The conversation starts, and its session is there: on a busy machine a hook may end before it could register it. */
function untilJoined(client: TuttiClient, source = 'startup'): Promise<void> {
  const sessions = async (): Promise<number> => {
    await hook('SessionStart', { source });
    return (await client.call('session.list', {})).sessions.length;
  };
  return expect.poll(sessions, { timeout: 90_000, interval: 100 }).toBe(1);
}

/** What was used, once a hook has told it: on a busy machine one may end before it could. */
function untilUsed(client: TuttiClient, wanted: Readonly<Record<string, number>>): Promise<void> {
  const used = async (): Promise<object> => {
    await hook('Stop');
    return (await client.call('usage.show', {})).usage;
  };
  return expect.poll(used, { timeout: 90_000, interval: 100 }).toMatchObject(wanted);
}

test('F3: each message is recorded once, whichever hooks run beside each other, for the task that a tool names', async () => {
  mkdirSync(project.data);
  writeFileSync(join(project.data, 'config.yaml'), JSON.stringify({ prices: { sonnet: { input: 2, output: 10 } } }));
  const { server } = await project.up('--journal', 'memory:');
  const client = project.client(server);
  await client.call('work.add', { id: 't1', type: 'docs', title: 'Write' });
  says('before', { input: 1_000_000, output: 1_000_000 });
  await untilJoined(client, 'resume');
  says('m1', { input: 100, output: 1 });
  says('m1', { input: 100, output: 20, calls: ['claim_task', 't1'] });
  const tool = { tool_name: 'mcp__tutti__claim_task' };
  await Promise.all([hook('PostToolUse', tool), hook('PostToolUse', tool), hook('Stop')]);
  await untilUsed(client, { tokens_in: 100, tokens_out: 20 });
  says('m2', { input: 50, output: 5, calls: ['complete_task', 't1'] });
  const beside = join(project.folder, 'transcript', 'subagents');
  mkdirSync(beside, { recursive: true });
  says('s1', { input: 7, file: join(beside, 'agent-1.jsonl') });
  says('m3', { input: 30, output: 3 });
  await untilUsed(client, { tokens_in: 187, tokens_out: 28, unpriced_tokens: 0 });
  const { usage } = await client.call('usage.show', {});
  expect([usage.cost_usd, usage.estimated_usd].map((cost) => cost.toFixed(6))).toEqual(['0.000654', '0.000654']);
  expect((await client.call('usage.show', { task_id: 't1' })).usage).toMatchObject({ tokens_in: 150, tokens_out: 25 });
  const { events } = await client.call('event.list', { type: 'usage_recorded', limit: 100 });
  expect(new Set(events.map(({ data }) => `${String(data['session_id'])} ${String(data['runner'])} ${String(data['model'])}`))).toEqual(
    new Set([`${SESSION} claude sonnet-x`]),
  );
});

test('F3: a budget that is used up is told to the agent', async () => {
  const { server } = await project.up('--journal', 'memory:');
  const client = project.client(server);
  await untilJoined(client);
  await hook('Stop');
  await client.call('budget.set', { session_id: SESSION, tokens: 100 });
  const told = async (): Promise<string> => {
    says(randomUUID(), { input: 500 });
    return (await hook('PostToolUse', { tool_name: 'mcp__tutti__update_task' })).stdout;
  };
  await expect.poll(told, { timeout: 90_000, interval: 100 }).toContain(`the budget of the session ${SESSION} is used up`);
});

test('E17: what was used while the server was away is told when it is back, once', async () => {
  const first = await project.up();
  await untilJoined(project.client(first.server));
  await hook('Stop');
  first.running.child.kill('SIGKILL');
  await first.running.ended;
  says('m1', { input: 10, output: 1 });
  expect(await hook('Stop')).toEqual({ code: 0, stdout: '', stderr: '' });
  const { server } = await project.up();
  says('m2', { input: 5, output: 1 });
  await untilUsed(project.client(server), { tokens_in: 15, tokens_out: 2 });
});

test('a hook that was ended before it could tell leaves it to the next, under the id by which the server knows it again', async () => {
  const { server } = await project.up('--journal', 'memory:');
  const client = project.client(server);
  await untilJoined(client);
  says('m1', { input: 10, output: 1 });
  await untilUsed(client, { tokens_in: 10 });
  const folder = join(project.data, 'agents', 'usage');
  const [name = ''] = readdirSync(folder).filter((each) => each.endsWith('.json'));
  const read = (): { pending: object[] } => JSON.parse(readFileSync(join(folder, name), 'utf8')) as { pending: object[] };
  await expect.poll(() => read().pending).toEqual([]);
  const counts = { model: 'sonnet-x', tokens_in: 8, tokens_out: 0, cache_read: 0, cache_write: 0 };
  const pending = [{ command_id: 'a-report-that-was-cut-off', task_id: null, ...counts }];
  for (const _time of [1, 2]) {
    // The lock is of a process that has gone.
    writeFileSync(join(folder, `${name}.lock`), '4194304');
    writeFileSync(join(folder, name), JSON.stringify({ ...read(), pending }));
    await untilUsed(client, { tokens_in: 18 });
    await expect.poll(() => read().pending).toEqual([]);
  }
  expect((await client.call('usage.show', {})).usage).toMatchObject({ tokens_in: 18 });
});
