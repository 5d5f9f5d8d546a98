/**
 * Rows B6, E1 and E17: `tutti hook` as an agent program runs it, while Tutti is there and while it is away.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TuttiClient } from '../../src/client/client.ts';
import { agentKeys } from '../../src/config/agent-session.ts';
import { markTools } from '../../src/config/agent-tools.ts';
import { Project, type Running } from '../cli/tutti.ts';
import type { Ran } from '../cli/ran.ts';

let project: Project;

beforeEach(() => {
  project = new Project();
});

afterEach(() => project.remove());

const CONVERSATION = '0b1e7c2a-1111-2222-3333-444455556666';
const SESSION = 'claude-0b1e7c2a1111';
/** Both hooks and MCP servers of Claude Code know its process and its conversation. */
const ENV = { CLAUDE_PID: String(process.pid), CLAUDE_CODE_SESSION_ID: CONVERSATION };

function hook(event: string, more: object = {}): Promise<Ran> {
  const input = JSON.stringify({ hook_event_name: event, session_id: CONVERSATION, cwd: project.folder, ...more });
  return project.run(['hook', 'claude'], { env: ENV, input });
}

const context = ({ stdout }: Ran): string =>
  stdout === '' ? '' : (JSON.parse(stdout) as { hookSpecificOutput: { additionalContext: string } }).hookSpecificOutput.additionalContext;

async function shown(client: TuttiClient): Promise<unknown> {
  const { sessions } = await client.call('session.list', {});
  return sessions.map(({ id, status }) => `${id} ${status}`);
}

/** A hook lets its agent go on when its time is over, on a busy machine too: the agent has more events. */
const WAIT = { timeout: 90_000, interval: 100 };

/** What a client shows once these events were told. */
function afterEvents(events: readonly string[], client: TuttiClient): () => Promise<unknown> {
  return async () => {
    for (const event of events) expect(await hook(event, { reason: 'other' })).toMatchObject({ code: 0, stderr: '' });
    return shown(client);
  };
}

/** The conversation starts, and its session is there. */
async function start(client: TuttiClient): Promise<void> {
  await expect
    .poll(async () => context(await hook('SessionStart', { source: 'startup' })), WAIT)
    .toContain(`You are the session ${SESSION}`);
  expect(await shown(client)).toEqual([`${SESSION} idle`]);
}

describe('B6 the hooks of an agent', () => {
  test('register it at its start, tell what it does, and let it leave at its end', async () => {
    const { server } = await project.up('--journal', 'memory:');
    const client = project.client(server);
    await start(client);
    await expect.poll(afterEvents(['UserPromptSubmit'], client), WAIT).toEqual([`${SESSION} busy`]);
    await client.call('message.send', { to: SESSION, body: 'hello' });
    expect(await hook('PostToolUse')).toMatchObject({ code: 0, stdout: '' });
    await expect.poll(afterEvents(['Stop'], client), WAIT).toEqual([`${SESSION} idle`]);
    const told = async (): Promise<string> => {
      await hook('Stop');
      return context(await hook('UserPromptSubmit'));
    };
    await expect.poll(told, WAIT).toContain('1 unread messages');
    await expect.poll(afterEvents(['UserPromptSubmit', 'SessionEnd'], client), WAIT).toEqual([]);
  });

  test('E1: its session says where it works and what for', async () => {
    const { server } = await project.up('--journal', 'memory:');
    const input = JSON.stringify({ hook_event_name: 'SessionStart', session_id: CONVERSATION, cwd: project.folder });
    const file = join(project.folder, 'env.sh');
    const written = async (): Promise<string> => {
      rmSync(file, { force: true });
      await project.run(['hook', 'claude'], { env: { ...ENV, CLAUDE_ENV_FILE: file }, input });
      return existsSync(file) ? readFileSync(file, 'utf8') : '';
    };
    await expect.poll(written, WAIT).toBe(`export TUTTI_SESSION=${SESSION}\n`);
    const { session } = await project.client(server).call('session.show', { session_id: SESSION });
    expect(session).toMatchObject({
      mode: 'development',
      lifecycle: { status: 'idle', last_activity: expect.any(String) },
      user_context: { workspace_path: project.folder },
      runner: 'claude',
    });
  });

  test('F9: a dialog in its terminal reaches people in the inbox', async () => {
    const { server } = await project.up('--journal', 'memory:');
    const client = project.client(server);
    await start(client);
    const asked = async (): Promise<unknown> => {
      const { items } = await client.call('inbox.list', {});
      if (items.length > 0) return items;
      await hook('Notification', { notification_type: 'permission_prompt', message: 'Claude needs your permission to use Bash' });
      return (await client.call('inbox.list', {})).items;
    };
    await expect
      .poll(asked, WAIT)
      .toMatchObject([{ kind: 'question', from: `session:${SESSION}`, title: expect.stringContaining('permission to use Bash') }]);
  });

  test('leave alone a session that whoever started the agent gave it', async () => {
    const { server } = await project.up('--journal', 'memory:');
    const input = JSON.stringify({ hook_event_name: 'SessionStart', session_id: CONVERSATION });
    await project.run(['hook', 'claude'], { env: { ...ENV, TUTTI_SESSION: 'w1' }, input });
    expect(await shown(project.client(server))).toEqual([]);
  });
});

describe('E17 the hooks', () => {
  test('are silent and let the agent go on while Tutti is away, and register it once it is there', async () => {
    for (const event of ['SessionStart', 'UserPromptSubmit', 'PostToolUse', 'Stop', 'SessionEnd', 'Notification'])
      expect([event, await hook(event)]).toEqual([event, { code: 0, stdout: '', stderr: '' }]);
    expect(await project.run(['hook', 'claude', '--wake'], { env: { ...ENV, TUTTI_SESSION: 'w1' } })).toMatchObject({
      code: 0,
      stderr: '',
    });
    const { server } = await project.up('--journal', 'memory:');
    await expect.poll(afterEvents(['UserPromptSubmit'], project.client(server)), WAIT).toEqual([`${SESSION} busy`]);
  });

  test('are silent about what they do not understand', async () => {
    for (const input of [
      '',
      '{',
      '[]',
      '{"hook_event_name":7}',
      ...['NewThing', 'constructor'].map((name) => JSON.stringify({ hook_event_name: name, session_id: 'x' })),
    ])
      expect(await project.run(['hook', 'codex'], { input })).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('survive a server that went away in between', async () => {
    const { running, server } = await project.up();
    await start(project.client(server));
    running.child.kill('SIGKILL');
    await running.ended;
    for (const event of ['UserPromptSubmit', 'Stop', 'SessionEnd']) expect(await hook(event)).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});

describe('B6 an idle agent is woken', () => {
  /** What its MCP server does once the agent has seen its tools. */
  const hasItsTools = (): unknown => markTools(join(project.data, 'agents'), agentKeys(ENV, process.pid));

  /** Runs a waiter, and lets this happen again and again until it has ended: what happens before it listens wakes nobody. */
  async function woken(flags: readonly string[], happens: (times: number) => Promise<unknown>): Promise<Ran> {
    const { ended } = project.start(['hook', 'claude', '--wake', ...flags], ENV);
    const isOver = ended.then(() => true);
    for (let times = 0; ; times += 1) {
      await happens(times);
      if (await Promise.race([isOver, new Promise((resolve) => setTimeout(resolve, 1000))])) return ended;
    }
  }

  test('by a message, by the answer to its question, and by work when it takes some', async () => {
    const { server } = await project.up('--journal', 'memory:');
    const client = project.client(server);
    await start(client);
    hasItsTools();
    const message = await woken([], () => client.call('message.send', { to: SESSION, body: 'hello' }));
    expect(message).toMatchObject({ code: 2, stderr: expect.stringContaining('receive_messages') });
    const { messages } = await client.call('message.receive', { session_id: SESSION });
    await client.call('message.read', { session_id: SESSION, message_ids: messages.map(({ message_id }) => message_id) });
    const answer = await woken([], async () => {
      const { decision } = await client.call('decision.ask', { session_id: SESSION, question: 'Which?' });
      await client.call('decision.answer', { decision_id: decision.decision_id, answer: 'this' });
    });
    expect(answer).toMatchObject({ code: 2, stderr: expect.stringContaining('"this"') });
    const work = await woken(['--work'], async (times) => {
      if (times === 0) await client.call('work.add', { id: 't1', type: 'build', title: 'Build it' });
    });
    expect(work).toMatchObject({ code: 2, stderr: expect.stringContaining('the task t1') });
  });

  test('not before it has its tools, which it needs for what it is woken for, and once for what it leaves', async () => {
    const { server } = await project.up('--journal', 'memory:');
    const client = project.client(server);
    await start(client);
    await client.call('work.add', { id: 't1', type: 'build', title: 'Build it' });
    const early = project.start(['hook', 'claude', '--wake', '--work'], ENV);
    await expect.poll(() => waiterOf(project), WAIT).toBe(early.pid);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect([early.child.exitCode, (await client.call('task.show', { task_id: 't1' })).task.status]).toEqual([null, 'pending']);
    hasItsTools();
    expect(await early.ended).toMatchObject({ code: 2, stderr: expect.stringContaining('the task t1') });
    // It is still given to it, and the message stays unread.
    const message = await woken(['--work'], async (times) => {
      if (times >= 2) await client.call('message.send', { to: SESSION, body: 'hello' });
    });
    expect(message).toMatchObject({ code: 2, stderr: expect.stringContaining('receive_messages') });
    const answer = await woken(['--work'], async (times) => {
      if (times < 2) return;
      const { decision } = await client.call('decision.ask', { session_id: SESSION, question: 'Which?', blocks: false });
      await client.call('decision.answer', { decision_id: decision.decision_id, answer: 'this' });
    });
    expect(answer).toMatchObject({ code: 2, stderr: expect.stringContaining('"this"') });
  });

  test('one waiter waits at a time, and none after the session has left', async () => {
    const { server } = await project.up('--journal', 'memory:');
    const client = project.client(server);
    await start(client);
    hasItsTools();
    const wait = async (): Promise<Running> => {
      const waiter = project.start(['hook', 'claude', '--wake'], ENV);
      await expect.poll(() => waiterOf(project), WAIT).toBe(waiter.pid);
      return waiter;
    };
    const first = await wait();
    const second = await wait();
    expect(await first.ended).toMatchObject({ code: 0, stderr: '' });
    await expect.poll(afterEvents(['UserPromptSubmit', 'SessionEnd'], client), WAIT).toEqual([]);
    expect(await second.ended).toMatchObject({ code: 0, stderr: '' });
  });
});

/** The process that waits to wake the agent; 0 for none. */
function waiterOf({ data }: Project): number {
  const folder = join(data, 'agents');
  const [file] = readdirSync(folder).filter((name) => name.endsWith('.waiter'));
  return file === undefined ? 0 : Number(readFileSync(join(folder, file), 'utf8'));
}
