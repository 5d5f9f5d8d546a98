/**
 * Row E11 over HTTP: the tools with the protocol's own client, in both eras, and what the door refuses.
 */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { OPERATIONS } from '../../src/contract/operations.ts';
import { VALID_INPUTS } from '../server/valid-inputs.ts';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';

let server: TestServer;
const open: Client[] = [];

beforeEach(async () => {
  server = await startTestServer({ swarms: ['default', 'other'] });
});

afterEach(async () => {
  for (const client of open.splice(0)) await client.close();
  await server.close();
});

const ERAS = [
  ['2025-11-25', 'legacy'],
  ['2026-07-28', { pin: '2026-07-28' }],
] as const;

async function connect(mode: 'legacy' | { pin: string } = 'legacy', headers: Record<string, string> = {}, path = '/mcp'): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
  const authorization = `Bearer ${server.tokens.tokenOf('worker')}`;
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${server.url}${path}`), { requestInit: { headers: { authorization, ...headers } } }),
  );
  open.push(client);
  return client;
}

interface Answer {
  readonly isError: boolean;
  readonly data: Readonly<Record<string, unknown>>;
  readonly text: string;
}

async function use(client: Client, name: string, args: Record<string, unknown> = {}, options = {}): Promise<Answer> {
  const { content, structuredContent, isError } = await client.callTool({ name, arguments: args }, options);
  const [first] = content as { text: string }[];
  return { isError: isError === true, data: structuredContent as Answer['data'], text: first?.text ?? '' };
}

async function bound(id: string, mode?: 'legacy' | { pin: string }): Promise<Client> {
  const { body } = await server.request('/session/register', { body: { session_id: id, capabilities: ['build'], wants_work: false } });
  return connect(mode, { 'tutti-session': String(body['credential']) });
}

describe.each(ERAS)('E11 the MCP door in the era of %s', (version, mode) => {
  test('an agent registers, takes work, reports and completes it', async () => {
    const client = await connect(mode);
    expect(client.getNegotiatedProtocolVersion()).toBe(version);
    await use(client, 'add_task', { id: 't1', type: 'build', title: 'Build it', spec: 'make' });
    const registered = await use(client, 'register', { session_id: 'a1', capabilities: ['build'] });
    expect(registered.data).toMatchObject({ status: 'registered', assigned_task: { id: 't1' } });
    expect(registered.text).not.toContain('credential');
    expect((await use(client, 'request_work', { session_id: 'a1' })).data).toMatchObject({
      task: { id: 't1', context: { decisions: [] } },
    });
    await use(client, 'update_task', { session_id: 'a1', task_id: 't1', progress: 0.5, details: 'half' });
    expect((await use(client, 'complete_task', { session_id: 'a1', task_id: 't1', status: 'completed', result: 'made' })).isError).toBe(
      false,
    );
    expect((await use(client, 'status')).data).toMatchObject({ tasks: { completed: 1 } });
  });

  test('a waiting request is told that it goes on, and ends with work', async () => {
    const client = await bound('a1', mode);
    const heard: number[] = [];
    const onprogress = ({ progress }: { readonly progress: number }): unknown => heard.push(progress);
    const asking = use(client, 'request_work', { wait: 120 }, { onprogress, timeout: 170_000 });
    await expect.poll(() => heard).toContain(10);
    await server.request('/work/add', { body: { id: 'late', type: 'build', title: 'Late' } });
    expect((await asking).data).toMatchObject({ task: { id: 'late' } });
  });
});

describe('E11 the tools', () => {
  test('are the operations that name one, without command ids and credentials, with honest hints', async () => {
    const { tools } = await (await connect('legacy', { authorization: `Bearer ${server.tokens.tokenOf('admin')}` })).listTools();
    const named = Object.values(OPERATIONS).flatMap(({ tool }) => tool ?? []);
    expect(tools.map(({ name }) => name)).toEqual(named);
    for (const name of [
      'register',
      'request_work',
      'claim_task',
      'update_task',
      'complete_task',
      'add_task',
      'put_knowledge',
      'send_message',
    ])
      expect(named).toContain(name);
    for (const name of ['acquire_lock', 'ask_decision', 'raise_signal', 'request_colleague', 'status']) expect(named).toContain(name);
    for (const { name, inputSchema, annotations } of tools) {
      expect([name, inputSchema.type]).toEqual([name, 'object']);
      expect(
        Object.keys(inputSchema.properties ?? {}).filter(
          (field) => /credential|token$|command_id|password/.test(field) && field !== 'token',
        ),
      ).toEqual([]);
      const { kind } = Object.values(OPERATIONS).find(({ tool }) => tool === name) ?? {};
      expect([name, annotations?.readOnlyHint === true]).toEqual([name, kind === 'query' || name === 'terminal_screen']);
      if (annotations?.readOnlyHint !== true) expect([name, annotations?.openWorldHint]).toEqual([name, false]);
    }
    for (const name of ['cancel_task', 'cancel_tasks'])
      expect(tools.find((tool) => tool.name === name)?.annotations?.destructiveHint).toBe(true);
    const add = tools.find(({ name }) => name === 'add_task')?.inputSchema;
    expect(add?.properties).toMatchObject({ type: { type: 'string' }, tasks: { type: 'array' } });
  });

  test('cost each run of an agent little: all of them below 35 KB, those of a worker below 29 KB, which are what it may call', async () => {
    const worker = await (await connect()).listTools();
    const admin = await (await connect('legacy', { authorization: `Bearer ${server.tokens.tokenOf('admin')}` })).listTools();
    const names = (list: typeof worker): string[] => list.tools.map(({ name }) => name);
    const beyond = Object.values(OPERATIONS).filter(({ role, tool }) => tool !== null && (role === 'operator' || role === 'admin'));
    expect(names(admin).filter((name) => !names(worker).includes(name))).toEqual(beyond.map(({ tool }) => tool));
    expect(JSON.stringify(admin.tools).length).toBeLessThan(35_000);
    expect(JSON.stringify(worker.tools).length).toBeLessThan(29_000);
    // Not listed is not gone: the role decides, not the list.
    expect((await use(await connect(), 'cancel_task', { task_id: 'x' })).data).toMatchObject({ error: { code: 'forbidden' } });
  });

  test('have schemas that take every valid input, and a moment as a text', async () => {
    const { tools } = await (await connect('legacy', { authorization: `Bearer ${server.tokens.tokenOf('admin')}` })).listTools();
    for (const { name, inputSchema } of tools) {
      const [operation] = Object.entries(OPERATIONS).find(([, { tool }]) => tool === name) ?? [];
      const { command_id: _id, ...valid } =
        (VALID_INPUTS as Readonly<Record<string, Readonly<Record<string, unknown>>>>)[operation ?? ''] ?? {};
      const moments = Object.fromEntries(
        ['from', 'to', 'moment'].flatMap((field) => (typeof valid[field] === 'number' ? [[field, String(valid[field])]] : [])),
      );
      const input = { ...valid, ...moments };
      const taken = z.fromJSONSchema(inputSchema as Parameters<typeof z.fromJSONSchema>[0]).safeParse(input);
      expect([name, taken.error?.message]).toEqual([name, undefined]);
    }
    const client = await connect();
    await use(client, 'add_task', { id: 't1', type: 'build', title: 'Build it' });
    expect((await use(client, 'list_tasks', { at: '0' })).data).toMatchObject({ tasks: [] });
    expect((await use(client, 'list_tasks', { at: 'soon' })).text).toContain('such as -10m');
  });

  test('bad input is a tool error with a code and the next step; an unknown tool an error of the protocol', async () => {
    const client = await connect();
    const wrong = await use(client, 'add_task', { type: 'build' });
    expect(wrong).toMatchObject({
      isError: true,
      data: { error: { code: 'invalid_input' } },
      text: expect.stringMatching(/title: missing.*\[invalid_input\]\nNext: /s),
    });
    expect((await use(client, 'request_work')).data).toMatchObject({ error: { code: 'session_needed' } });
    expect((await use(client, 'claim_task', { session_id: 'nobody', task_id: 'x' })).data).toMatchObject({
      error: { code: 'session_unknown' },
    });
    expect((await use(client, 'add_task', { type: 'build', title: 'x', command_id: 'mine' })).data).toMatchObject({
      error: { code: 'invalid_input' },
    });
    expect((await use(client, 'cancel_task', { task_id: 'x' })).data).toMatchObject({ error: { code: 'forbidden' } });
    await expect(client.callTool({ name: 'no_such_tool', arguments: {} })).rejects.toThrow('no_such_tool');
  });

  test('what to do next is said in tools, never in commands or addresses that an agent does not have', async () => {
    const client = await connect();
    const next = async (name: string, args: Record<string, unknown>): Promise<string | undefined> =>
      (await use(client, name, args)).text.split('\n')[1];
    expect(await next('add_task', { type: 'build' })).toBe('Next: Correct the named fields; the input schema of the tool describes them.');
    expect(await next('show_task', { task_id: 'none' })).toBe('Next: `list_tasks` shows the tasks.');
    expect(await next('get_knowledge', { topic: 'none' })).toBe('Next: `list_knowledge` shows the topics.');
    expect(await next('send_message', { to: 'nobody', body: 'x' })).toBe(
      'Next: `list_sessions` shows those that are there; `register` makes your own.',
    );
    const session = await bound('a1');
    const foreign = await use(session, 'heartbeat', { session_id: 'a2', status: 'idle' });
    expect(foreign.text).toContain('Next: Leave session_id out');
    await expect(client.readResource({ uri: 'tutti://task/none' })).rejects.toThrow('`list_tasks` shows the tasks.');
  });

  test('what only reads is about any session, its own when none is named', async () => {
    const client = await bound('a1');
    await bound('a2');
    const why = await use(client, 'why_session', { session_id: 'a2' });
    expect(why).toMatchObject({ isError: false });
    expect((await use(client, 'why_session')).data).toMatchObject({ session_id: 'a1' });
    expect((await use(client, 'show_usage', { session_id: 'a2' })).isError).toBe(false);
    expect((await use(client, 'show_usage')).isError).toBe(false);
    expect((await use(client, 'terminal_screen', { session_id: 'a2' })).data).toMatchObject({ error: { code: 'terminal_unknown' } });
    expect((await use(await connect(), 'why_session')).data).toMatchObject({ error: { code: 'session_needed' } });
    const { tools } = await client.listTools();
    const described = (tool: string): unknown => tools.find(({ name }) => name === tool)?.inputSchema.properties?.['session_id'];
    expect(described('why_session')).toEqual({ type: 'string', description: 'Left out: yours.' });
    for (const name of ['list_locks', 'claim_task']) expect(described(name)).toEqual({ type: 'string' });
    expect(client.getInstructions()).toContain('session_id: leave it out');
  });

  test('a session with its credential speaks for itself only, and registering again keeps it', async () => {
    const client = await bound('a1');
    await bound('a2');
    expect((await use(client, 'register', { capabilities: ['other'] })).data).toMatchObject({
      status: 'registered',
      session: { id: 'a1' },
    });
    expect((await use(client, 'heartbeat', { status: 'idle' })).data).toMatchObject({ acknowledged: true });
    expect((await use(client, 'heartbeat', { session_id: 'a2', status: 'idle' })).data).toMatchObject({
      error: { code: 'credential_invalid' },
    });
    expect((await use(client, 'acquire_lock', { name: 'deploy' })).data).toMatchObject({ session_id: 'a1' });
    const again = await bound('a1');
    expect((await use(client, 'heartbeat', { status: 'idle' })).data).toMatchObject({ error: { code: 'incarnation_stale' } });
    expect((await use(again, 'heartbeat', { status: 'idle' })).isError).toBe(false);
  });

  test('C5 a question to a person is asked, waited for and answered', async () => {
    const client = await bound('a1');
    const asked = await use(client, 'ask_decision', { question: 'Deploy?', options: [{ answer: 'yes' }, { answer: 'no' }] });
    const { decision_id } = asked.data['decision'] as { decision_id: string };
    const waiting = use(client, 'show_decision', { decision_id, wait: 50 });
    await server.request(`/decision/${decision_id}/answer`, { body: { answer: 'yes' } });
    expect((await waiting).data).toMatchObject({ decision: { answer: 'yes' } });
  });

  test('resources are the status, tasks and topics', async () => {
    const client = await connect();
    await use(client, 'put_knowledge', { topic: 'api/errors', content: 'Problems.' });
    await use(client, 'add_task', { id: 't1', type: 'build', title: 'x' });
    const { resources } = await client.listResources();
    expect(resources.map(({ uri }) => uri)).toEqual(['tutti://status', 'tutti://knowledge/api/errors']);
    expect((await client.listResourceTemplates()).resourceTemplates.map(({ name }) => name)).toEqual(['task', 'knowledge']);
    const text = async (uri: string): Promise<unknown> =>
      JSON.parse(((await client.readResource({ uri })).contents[0] as { text: string }).text);
    expect(await text('tutti://knowledge/api/errors')).toMatchObject({ knowledge: { content: 'Problems.' } });
    expect(await text('tutti://task/t1')).toMatchObject({ task: { id: 't1' } });
    await expect(client.readResource({ uri: 'tutti://task/none' })).rejects.toThrow('task_unknown');
    await expect(client.readResource({ uri: 'file:///etc/passwd' })).rejects.toThrow('resource_unknown');
  });
});

describe('E11 the door refuses', () => {
  const list = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };
  const accept = 'application/json, text/event-stream';

  test('foreign origins and hosts, no token, a forged credential, another swarm', async () => {
    const ask = async (headers: Record<string, string>, more = {}) =>
      server.request('/mcp', { body: list, headers: { accept, ...headers }, ...more });
    expect((await ask({})).status).toBe(200);
    expect((await ask({ origin: 'http://evil.example' })).body).toMatchObject({ code: 'origin_refused' });
    expect((await ask({ 'sec-fetch-site': 'cross-site' })).body).toMatchObject({ code: 'origin_refused' });
    expect((await ask({}, { token: null })).body).toMatchObject({ code: 'unauthenticated' });
    expect((await ask({ 'tutti-session': 'tutti_session_forged.x' })).body).toMatchObject({ code: 'credential_invalid' });
    const { body } = await server.request('/session/register', { body: { session_id: 'a1', capabilities: [] } });
    const foreign = await connect('legacy', { 'tutti-session': String(body['credential']) }, '/s/other/mcp');
    expect((await use(foreign, 'status')).data).toMatchObject({ error: { code: 'credential_invalid' } });
  });

  test('what is no request of the protocol', async () => {
    for (const body of ['{', '7', '[]', 'null', '{"jsonrpc":"2.0"}', JSON.stringify({ ...list, method: 7 })]) {
      const { status } = await server.request('/mcp', { body, headers: { accept, 'content-type': 'application/json' } });
      expect([body, status >= 400 && status < 500]).toEqual([body, true]);
    }
    expect((await server.request('/mcp', { method: 'GET', headers: { accept } })).status).toBe(405);
  });
});
