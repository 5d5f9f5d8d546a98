/**
 * Rows B6, E1 and E17: `tutti hook` as an agent program runs it, while Tutti is there and while it is away.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TuttiClient } from '../../src/client/client.ts';
import { Project } from '../cli/tutti.ts';
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

describe('B6 the hooks of an agent', { timeout: 60_000 }, () => {
  test('register it at its start, tell what it does, and let it leave at its end', async () => {
    const { server } = await project.up('--journal', 'memory:');
    const client = project.client(server);
    const started = await hook('SessionStart', { source: 'startup' });
    expect([started.code, context(started)]).toEqual([0, expect.stringContaining(`You are the session ${SESSION}`)]);
    expect(await shown(client)).toEqual([`${SESSION} idle`]);
    await hook('UserPromptSubmit');
    expect(await shown(client)).toEqual([`${SESSION} busy`]);
    await client.call('message.send', { to: SESSION, body: 'hello' });
    expect(await hook('PostToolUse')).toMatchObject({ code: 0, stdout: '' });
    await hook('Stop');
    expect(await shown(client)).toEqual([`${SESSION} idle`]);
    expect(context(await hook('UserPromptSubmit'))).toContain('1 unread messages');
    expect(await hook('SessionEnd', { reason: 'other' })).toMatchObject({ code: 0 });
    expect(await shown(client)).toEqual([]);
  });

  test('E1: its session says where it works and what for', async () => {
    const { server } = await project.up('--journal', 'memory:');
    const input = JSON.stringify({ hook_event_name: 'SessionStart', session_id: CONVERSATION, cwd: project.folder });
    const file = join(project.folder, 'env.sh');
    await project.run(['hook', 'claude'], { env: { ...ENV, CLAUDE_ENV_FILE: file }, input });
    expect(readFileSync(file, 'utf8')).toBe(`export TUTTI_SESSION=${SESSION}\n`);
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
    await hook('SessionStart');
    await hook('Notification', { notification_type: 'permission_prompt', message: 'Claude needs your permission to use Bash' });
    const { items } = await project.client(server).call('inbox.list', {});
    expect(items).toMatchObject([
      { kind: 'question', from: `session:${SESSION}`, title: expect.stringContaining('permission to use Bash') },
    ]);
  });

  test('leave alone a session that whoever started the agent gave it', async () => {
    const { server } = await project.up('--journal', 'memory:');
    const input = JSON.stringify({ hook_event_name: 'SessionStart', session_id: CONVERSATION });
    await project.run(['hook', 'claude'], { env: { ...ENV, TUTTI_SESSION: 'w1' }, input });
    expect(await shown(project.client(server))).toEqual([]);
  });
});

describe('E17 the hooks', { timeout: 60_000 }, () => {
  test('are silent and let the agent go on while Tutti is away, and register it once it is there', async () => {
    for (const event of ['SessionStart', 'UserPromptSubmit', 'PostToolUse', 'Stop', 'SessionEnd', 'Notification'])
      expect([event, await hook(event)]).toEqual([event, { code: 0, stdout: '', stderr: '' }]);
    expect(await project.run(['hook', 'claude', '--wake'], { env: { ...ENV, TUTTI_SESSION: 'w1' } })).toMatchObject({
      code: 0,
      stderr: '',
    });
    const { server } = await project.up('--journal', 'memory:');
    await hook('UserPromptSubmit');
    expect(await shown(project.client(server))).toEqual([`${SESSION} busy`]);
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
    const { running } = await project.up();
    await hook('SessionStart');
    running.child.kill('SIGKILL');
    await running.ended;
    for (const event of ['UserPromptSubmit', 'Stop', 'SessionEnd']) expect(await hook(event)).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});

describe('B6 an idle agent is woken', () => {
  test('by a message, by the answer to its question, and by work when it takes some', async () => {
    const { server } = await project.up('--journal', 'memory:');
    const client = project.client(server);
    await hook('SessionStart');
    const wait = async (...flags: string[]) => {
      const running = project.start(['hook', 'claude', '--wake', ...flags], ENV);
      await new Promise((resolve) => setTimeout(resolve, 2500));
      return running.ended;
    };
    const message = wait();
    await new Promise((resolve) => setTimeout(resolve, 2000));
    await client.call('message.send', { to: SESSION, body: 'hello' });
    expect(await message).toMatchObject({ code: 2, stderr: expect.stringContaining('receive_messages') });
    const { messages } = await client.call('message.receive', { session_id: SESSION });
    await client.call('message.read', { session_id: SESSION, message_ids: messages.map(({ message_id }) => message_id) });
    await client.call('decision.ask', { session_id: SESSION, question: 'Which?' });
    const answer = wait();
    await new Promise((resolve) => setTimeout(resolve, 2000));
    await client.call('decision.answer', { decision_id: 'decision-001', answer: 'this' });
    expect(await answer).toMatchObject({ code: 2, stderr: expect.stringContaining('"this"') });
    const work = wait('--work');
    await client.call('work.add', { id: 't1', type: 'build', title: 'Build it' });
    expect(await work).toMatchObject({ code: 2, stderr: expect.stringContaining('the task t1') });
  }, 60_000);

  test('one waiter waits at a time, and none after the session has left', async () => {
    await project.up('--journal', 'memory:');
    await hook('SessionStart');
    const first = project.start(['hook', 'claude', '--wake'], ENV);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const second = project.start(['hook', 'claude', '--wake'], ENV);
    expect(await first.ended).toMatchObject({ code: 0, stderr: '' });
    await hook('SessionEnd');
    expect(await second.ended).toMatchObject({ code: 0, stderr: '' });
  }, 40_000);
});
