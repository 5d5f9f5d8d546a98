import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createAnthropicConnector } from '../../src/runners/anthropic/anthropic-connector.ts';
import type { Connector, ConnectorContext } from '../../src/runners/connector/connector.ts';
import type { ConnectorOptions } from '../../src/runners/connector/connector-options.ts';
import { createDeepseekConnector } from '../../src/runners/deepseek/deepseek-connector.ts';
import { createOpenaiConnector } from '../../src/runners/openai/openai-connector.ts';
import type { RunnerEvent, RunTool } from '../../src/runners/runner.ts';
import { DEEPSEEK, refusalOn } from '../agents/model-servers/refusals.ts';
import { inTurns, type Script, type ScriptedModel, startScriptedModel } from '../agents/model-servers/scripted-model.ts';
import { lastOf, temporaryFolder } from './script-fixture.ts';

interface Case {
  readonly name: string;
  readonly path: string;
  readonly make: (options: ConnectorOptions) => Connector;
  readonly structured: boolean;
}

const CASES: readonly Case[] = [
  { name: 'anthropic', path: '', make: createAnthropicConnector, structured: true },
  { name: 'openai', path: '/v1', make: createOpenaiConnector, structured: true },
  { name: 'deepseek', path: '', make: createDeepseekConnector, structured: false },
];

interface Executed {
  readonly events: readonly RunnerEvent[];
  readonly model: ScriptedModel;
  readonly log: string;
}

interface Execution {
  readonly brief?: Omit<ConnectorContext, 'task_id' | 'log_file' | 'timeout_ms' | 'signal'>;
  readonly most_turns?: number;
  readonly signal?: AbortSignal;
  readonly timeout_ms?: number;
  readonly onEvent?: (event: RunnerEvent) => void;
}

async function execute({ make, path }: Case, script: Script, options: Execution = {}): Promise<Executed> {
  const model = await startScriptedModel(script);
  const log_file = join(await temporaryFolder(), 'run.log');
  const { brief = {}, signal = new AbortController().signal, timeout_ms = 120_000, onEvent, most_turns = 10 } = options;
  const retry = { pause_ms: 20, attempts: 3 };
  const connector = make({ api_key: 'dummy', model: 'model-1', base_url: `${model.url}${path}`, most_turns, retry });
  const events: RunnerEvent[] = [];
  for await (const event of connector.execute('Do it.', { task_id: 't-1', log_file, timeout_ms, signal, ...brief })) {
    events.push(event);
    onEvent?.(event);
  }
  return { events, model, log: await readFile(log_file, 'utf8') };
}

function ofKind<K extends RunnerEvent['kind']>(events: readonly RunnerEvent[], kind: K): Extract<RunnerEvent, { kind: K }>[] {
  return events.filter((event): event is Extract<RunnerEvent, { kind: K }> => event.kind === kind);
}

const addTask: RunTool = {
  name: 'add_task',
  description: 'Adds a task.',
  input_schema: { type: 'object', properties: { title: { type: 'string' } }, required: ['title'] },
  call: (input) => {
    const { title } = input as { title: string };
    return title === 'bad' ? Promise.reject(new Error('the title is bad')) : Promise.resolve(`added ${title}`);
  },
};

describe.each(CASES)('C2: the connector $name', (each) => {
  test('executes a prompt: words, tools, usage, a live log and evidence', async () => {
    const script = inTurns(
      {
        text: 'I add two.',
        calls: [
          { tool: 'add_task', input: { title: 'good' } },
          { tool: 'add_task', input: { title: 'bad' } },
        ],
      },
      { text: 'One was added.', usage: { input: 50, output: 7, cached: 30 } },
    );
    const { events, model, log } = await execute(each, script, { brief: { tools: [addTask], instructions: 'You are an analyst.' } });
    expect(lastOf(events)).toMatchObject({
      outcome: 'completed',
      error: null,
      evidence: { answer: 'One was added.', command: `${each.name} model-1` },
    });
    expect(events[0]).toEqual({ kind: 'started', pid: null });
    expect(
      ofKind(events, 'output')
        .map((event) => event.text)
        .join(''),
    ).toBe('I add two.One was added.');
    expect(ofKind(events, 'message').map((event) => event.text)).toEqual(['I add two.', 'One was added.']);
    expect(ofKind(events, 'tool_called').map((event) => [event.tool, event.detail])).toEqual([
      ['add_task', '{"title":"good"}'],
      ['add_task', '{"title":"bad"}'],
    ]);
    expect(ofKind(events, 'tool_ended').map((event) => event.ok)).toEqual([true, false]);
    expect(ofKind(events, 'usage').map((event) => event.usage)).toEqual([
      { model: 'model-1', tokens_in: 100, tokens_out: 20, cache_read: 0, cache_write: 0, cost_usd: null },
      { model: 'model-1', tokens_in: 50, tokens_out: 7, cache_read: 30, cache_write: 0, cost_usd: null },
    ]);
    expect(log).toContain('I add two.');
    expect(log).toContain('[add_task {"title":"bad"} → the title is bad]');
    const [first, second] = model.requests;
    expect([first?.tools, JSON.stringify(first?.body).includes('You are an analyst.')]).toEqual([['add_task'], true]);
    expect(second?.results).toEqual([expect.stringContaining('added good'), expect.stringContaining('the title is bad')]);
  });

  test('a structured answer is checked, corrected once it is wrong, and comes back as data', async () => {
    const answer_schema = { type: 'object', properties: { risk: { type: 'integer' } }, required: ['risk'], additionalProperties: false };
    let count = 0;
    const turns = ['no idea', '{"risk":"high"}', '{"risk":3}'];
    const { events, model } = await execute(each, () => ({ text: turns[count++] ?? '' }), { brief: { answer_schema } });
    expect(lastOf(events)).toMatchObject({ outcome: 'completed', evidence: { structured: { risk: 3 } } });
    expect(model.requests.at(-1)?.prompt).toContain('risk: ');
    const { events: wrong } = await execute(each, () => ({ text: 'never' }), { brief: { answer_schema } });
    expect(lastOf(wrong)).toMatchObject({ outcome: 'failed', error: { code: 'agent_failed' } });
  });

  test('a form of the answer that is no JSON Schema is refused before anything is asked', async () => {
    const { events, model } = await execute(each, () => ({ text: '{}' }), { brief: { answer_schema: { type: 'nonsense' } } });
    expect(lastOf(events)).toMatchObject({ outcome: 'failed', error: { code: 'invalid_input' } });
    expect(model.requests).toHaveLength(0);
  });

  test('a model that goes round in circles is stopped by the number of turns', async () => {
    const again = { calls: [{ tool: 'add_task', input: { title: 'good' } }] };
    const { events, model } = await execute(each, () => again, { brief: { tools: [addTask] }, most_turns: 4 });
    expect(lastOf(events).error).toMatchObject({ code: 'agent_failed', params: { reason: 'it took more than 4 turns' } });
    expect(model.requests).toHaveLength(4);
  });

  test('F3: what the run may cost ends it before the next tool is called', async () => {
    const again = { calls: [{ tool: 'add_task', input: { title: 'good' } }], usage: { input: 1_000 } };
    const price = ({ tokens_in }: { readonly tokens_in: number }): number => tokens_in / 1_000;
    const { events, model } = await execute(each, () => again, { brief: { tools: [addTask], price, cost_limit_usd: 2.5 } });
    expect(lastOf(events).error?.params['reason']).toBe('its limit of 2.5 USD is reached');
    expect([model.requests.length, ofKind(events, 'tool_called').length]).toEqual([3, 2]);
  });

  test('is cancelled while a tool of its waits', async () => {
    const stopping = new AbortController();
    let wasStopped = false;
    const slow: RunTool = {
      ...addTask,
      call: (_input, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            wasStopped = true;
            reject(new Error('stopped'));
          });
        }),
    };
    const { events } = await execute(each, inTurns({ calls: [{ tool: 'add_task', input: {} }] }), {
      brief: { tools: [slow] },
      signal: stopping.signal,
      onEvent: (event) => event.kind === 'tool_called' && stopping.abort(),
    });
    expect([lastOf(events).outcome, wasStopped]).toEqual(['cancelled', true]);
  });

  test('F3: waits as long as the provider asks for after a 429 and goes on', async () => {
    let asked = 0;
    const { events, model } = await execute(each, () => {
      asked += 1;
      return asked === 1 ? { status: 429, headers: { 'retry-after-ms': '40' }, message: 'slow down' } : { text: 'Now.' };
    });
    expect(lastOf(events).outcome).toBe('completed');
    expect(ofKind(events, 'limited')).toMatchObject([{ limit: 'rate', reset_at: expect.any(Number) }]);
    expect(model.requests).toHaveLength(2);
  });

  test('F3: a 429 until a time far away ends the run as a limit with that time', async () => {
    const before = Date.now();
    const { events, model } = await execute(each, () => ({ status: 429, headers: { 'retry-after': '3600' }, message: 'quota used up' }));
    const { outcome, error } = lastOf(events);
    expect([outcome, error?.code, error?.params['limit'], model.requests.length]).toEqual(['failed', 'agent_limited', 'usage', 1]);
    expect(Date.parse(String(error?.params['reset_at']))).toBeGreaterThanOrEqual(before + 3_600_000);
  });

  test('a failing server is asked again a few times; a refused key is not', async () => {
    const broken = await execute(each, () => ({ status: 500, message: 'out of order' }));
    expect([lastOf(broken.events).error?.code, broken.model.requests.length]).toEqual(['agent_failed', 3]);
    const denied = await execute(each, () => ({ status: 401, message: 'invalid key' }));
    expect([lastOf(denied.events).error?.params['reason'], denied.model.requests.length]).toEqual([
      expect.stringContaining('invalid key'),
      1,
    ]);
  });

  test.each(['key', 'bill', 'model'] as const)('F3: a refused %s is one by type, asked once, and the key is not told', async (refused) => {
    const said = each.name === 'deepseek' ? DEEPSEEK[refused] : refusalOn(each.name === 'openai' ? 'responses' : 'anthropic', refused);
    const { events, model } = await execute(each, () => said);
    const { outcome, error } = lastOf(events);
    const limit = refused === 'model' ? 'model' : 'access';
    expect([outcome, error?.code, error?.params['refused'], model.requests.length]).toEqual(['failed', 'agent_refused', limit, 1]);
    expect(JSON.stringify(error)).not.toContain('abcdef0123456789');
  });

  test('is cancelled, and runs out of time, while the model is silent', async () => {
    const stopping = new AbortController();
    const cancelled = await execute(each, () => ({ hang: true }), {
      signal: stopping.signal,
      onEvent: (event) => void (event.kind === 'conversation' && setTimeout(() => stopping.abort(), 50)),
    });
    expect(lastOf(cancelled.events).outcome).toBe('cancelled');
    const late = await execute(each, () => ({ hang: true }), { timeout_ms: 100 });
    expect(lastOf(late.events)).toMatchObject({ outcome: 'timed_out', error: { code: 'timed_out' } });
  });

  test('says what it can do', () => {
    const connector = each.make({ api_key: 'dummy', model: 'model-1' });
    expect(connector.capabilities()).toEqual({
      name: each.name,
      model: 'model-1',
      tools: true,
      structured: each.structured,
      streaming: true,
      reports_cost: false,
    });
  });
});
