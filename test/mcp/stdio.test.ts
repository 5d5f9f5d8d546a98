/**
 * Rows E11 and E17: `tutti mcp` beside an agent, with the protocol's own client, while Tutti is there, away and back.
 */
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TuttiClient } from '../../src/client/client.ts';
import { Project } from '../cli/tutti.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');

let project: Project;
const open: Client[] = [];

beforeEach(() => {
  project = new Project();
});

afterEach(async () => {
  for (const client of open.splice(0)) await client.close();
  await project.remove();
});

/** An agent that starts `tutti mcp` in the project. */
async function agent(env: Record<string, string> = {}): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' });
  const environment = { PATH: process.env['PATH'] ?? '', HOME: project.folder, ...env };
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [MAIN, 'mcp'], cwd: project.folder, env: environment, stderr: 'ignore' }),
  );
  open.push(client);
  return client;
}

async function use(client: Client, name: string, args: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  return (await client.callTool({ name, arguments: args })).structuredContent as Record<string, unknown>;
}

const sessions = async (client: TuttiClient): Promise<unknown> =>
  (await client.call('session.list', {})).sessions.map(({ id, status }) => [id, status]);

describe('E11 tutti mcp', () => {
  test('an agent registers, works and leaves when it ends; its session is its own in every call', async () => {
    const { server } = await project.up('--journal', 'memory:');
    const people = project.client(server);
    const client = await agent();
    expect(await use(client, 'register', { session_id: 'a1', capabilities: ['build'] })).toMatchObject({ session_id: 'a1' });
    await use(client, 'add_task', { id: 't1', type: 'build', title: 'x' });
    for (const wait of ['long', -1])
      expect(await use(client, 'request_work', { wait })).toMatchObject({ error: { code: 'invalid_input' } });
    expect(await use(client, 'request_work')).toMatchObject({ task: { id: 't1', assigned_to: 'a1' } });
    expect(await use(client, 'complete_task', { task_id: 't1', status: 'completed' })).toMatchObject({ status: 'completed' });
    expect(await sessions(people)).toEqual([['a1', 'idle']]);
    await client.close();
    await expect.poll(() => sessions(people)).toEqual([]);
  });

  test('the environment says who it is; registering changes nothing then', async () => {
    const { server } = await project.up('--journal', 'memory:');
    const people = project.client(server);
    const { credential = '' } = await people.call('session.register', { session_id: 'h1', capabilities: ['build'], wants_work: false });
    const client = await agent({ TUTTI_SESSION: 'h1', TUTTI_CREDENTIAL: credential });
    expect(await use(client, 'register', { capabilities: ['x'] })).toMatchObject({ session: { id: 'h1', capabilities: ['build'] } });
    expect(await use(client, 'heartbeat', { status: 'busy' })).toMatchObject({ acknowledged: true });
    expect(await use(client, 'heartbeat', { session_id: 'other', status: 'busy' })).toMatchObject({
      error: { code: 'credential_invalid' },
    });
    await client.close();
    expect(await sessions(people)).toEqual([['h1', 'busy']]);
  });
});

describe('E17 tutti mcp', () => {
  test('without a server it lists its tools, every call fails soon and clearly, and works once the server is there', async () => {
    const client = await agent();
    expect((await client.listTools()).tools.length).toBeGreaterThan(30);
    const away = await client.callTool({ name: 'status', arguments: {} });
    expect(away).toMatchObject({ isError: true, structuredContent: { error: { code: 'server_not_found' } } });
    expect((away.content as { text: string }[])[0]?.text).toContain('Next: ');
    await project.up('--journal', 'memory:');
    expect(await use(client, 'status')).toMatchObject({ tasks: { total: 0 } });
  });

  test('a server that goes away in between is a clear error, and is found again', async () => {
    const first = await project.up();
    const client = await agent();
    await use(client, 'register', { session_id: 'a1', capabilities: [] });
    first.running.child.kill('SIGKILL');
    await first.running.ended;
    const away = await client.callTool({ name: 'request_work', arguments: {} });
    expect(away).toMatchObject({ isError: true, structuredContent: { error: { code: 'server_unreachable' } } });
    await project.up();
    await use(client, 'status');
    expect(await use(client, 'request_work')).toMatchObject({ task: null });
  });
});
