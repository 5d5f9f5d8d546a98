import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, type TestContext } from 'vitest';
import { createClaudeRunner } from '../../src/runners/claude/claude-runner.ts';
import type { AgentPermissions, Runner, RunnerEvent } from '../../src/runners/runner.ts';
import { isAlive, lastOf } from '../runners/script-fixture.ts';
import {
  agentRequest,
  answering,
  claudeEnvironment,
  emergency,
  eventsOf,
  noteServer,
  ofKind,
  programOf,
  startStoppableModel,
  VERDICT,
} from './agent-bed.ts';
import { inTurns, type ScriptedModel, startScriptedModel } from './model-servers/scripted-model.ts';

function claude(
  context: TestContext,
  model: ScriptedModel,
  permissions: AgentPermissions = 'edits',
  more: Record<string, string> = {},
): Runner {
  const program = programOf(context, 'claude');
  const environment = { ...claudeEnvironment(model.url), ...more };
  return createClaudeRunner({ program: [program], environment, model: 'claude-sonnet-4-5', permissions, grace_ms: 1_000 });
}

describe('the runner claude with the real program', { timeout: 300_000 }, () => {
  test('B6: edits a file, calls a tool of a server, reports conversation, tools, words and usage', async (context) => {
    const model = await startScriptedModel((request) =>
      inTurns(
        { text: 'I write it.', calls: [{ tool: 'Write', input: { file_path: join(folder, 'a.txt'), content: 'hello\n' } }] },
        { calls: [{ tool: 'note', input: { text: 'written' } }] },
        { text: 'Done: a.txt says hello.', usage: { input: 50, output: 7, cached: 30 } },
      )(request),
    );
    const request = await agentRequest('Write hello into a.txt.', { brief: { prompt: 'Write hello into a.txt.', servers: [noteServer] } });
    const { folder } = request;
    const events = await eventsOf(claude(context, model), request);
    const { outcome, evidence, error } = lastOf(events);
    expect([outcome, error]).toEqual(['completed', null]);
    expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe('hello\n');
    const [conversation] = ofKind(events, 'conversation');
    expect(conversation).toMatchObject({ model: 'claude-sonnet-4-5', id: evidence.conversation });
    expect(ofKind(events, 'tool_called').map((event) => event.tool)).toEqual(['Write', 'mcp__notes__note']);
    expect(ofKind(events, 'tool_ended').map((event) => event.ok)).toEqual([true, true]);
    expect(ofKind(events, 'message').map((event) => event.text)).toEqual(['I write it.', 'Done: a.txt says hello.']);
    expect(evidence.answer).toBe('Done: a.txt says hello.');
    const used = ofKind(events, 'usage').map(({ usage }) => usage);
    const sum = (count: (usage: (typeof used)[number]) => number): number => used.reduce((total, usage) => total + count(usage), 0);
    expect([sum((each) => each.tokens_in), sum((each) => each.tokens_out), sum((each) => each.cache_read)]).toEqual([250, 47, 30]);
    expect(sum((each) => each.cost_usd ?? 0)).toBeCloseTo(0.001464, 6);
    // What was told before its cost was known has it now.
    const unpriced = sum((each) => (each.cost_usd === null ? each.tokens_in + each.tokens_out + each.cache_read + each.cache_write : 0));
    expect(sum((each) => each.prices_tokens ?? 0)).toBe(unpriced);
  });

  test('F9: asks for leave, waits, and goes on with the answer', async (context) => {
    const command = (text: string) => ({
      calls: [{ tool: 'Bash', input: { command: `echo ${text} > ${text}.txt`, description: 'Writes' } }],
    });
    const model = await startScriptedModel(inTurns(command('yes'), command('no'), { text: 'Over.' }));
    const { asked, ask } = answering(({ detail }) => detail.includes('yes'));
    const request = await agentRequest('', { brief: { prompt: 'Do two things.', ask } });
    const events = await eventsOf(claude(context, model, 'ask'), request);
    expect(lastOf(events).outcome).toBe('completed');
    expect(asked.map(({ tool, detail }) => [tool, detail.includes('echo')])).toEqual([
      ['Bash', true],
      ['Bash', true],
    ]);
    expect(ofKind(events, 'permission').map((event) => event.allowed)).toEqual([null, true, null, false]);
    expect(ofKind(events, 'tool_ended').map((event) => event.ok)).toEqual([true, false]);
    expect(await readFile(join(request.folder, 'yes.txt'), 'utf8')).toBe('yes\n');
    await expect(readFile(join(request.folder, 'no.txt'))).rejects.toThrow('ENOENT');
    expect(model.requests.at(-1)?.results.at(-1)).toContain('not that one');
  });

  test('F9: without anybody to ask, leave is refused with a reason and the run goes on', async (context) => {
    const model = await startScriptedModel(
      inTurns({ calls: [{ tool: 'Bash', input: { command: 'touch x', description: 'x' } }] }, { text: 'Then not.' }),
    );
    const events = await eventsOf(claude(context, model, 'ask'), await agentRequest('Try it.'));
    expect([lastOf(events).outcome, lastOf(events).evidence.answer]).toEqual(['completed', 'Then not.']);
    expect(model.requests.at(-1)?.results.at(-1)).toContain('Nobody can be asked');
  });

  test('resumes a conversation by its id', async (context) => {
    const model = await startScriptedModel(() => ({ text: 'I remember.' }));
    const request = await agentRequest('The word is zebra.');
    const first = lastOf(await eventsOf(claude(context, model), request));
    const resume = first.evidence.conversation ?? '';
    const again = { ...request, brief: { prompt: 'What was the word?', resume } };
    const second = lastOf(await eventsOf(claude(context, model), again));
    expect([second.outcome, second.evidence.conversation]).toEqual(['completed', resume]);
    expect(model.requests.at(-1)?.prompt).toContain('The word is zebra.');
  });

  test('B11: is interrupted in its turn, hears what is said, and ends', async (context) => {
    const model = await startStoppableModel();
    const began = Promise.withResolvers<void>();
    const request = await agentRequest('', { brief: { prompt: 'Count for ever.', input: emergency(began.promise) } });
    const events: RunnerEvent[] = [];
    const heard = setInterval(() => model.requests.some(({ tools }) => tools.length > 0) && began.resolve(), 20);
    for await (const event of claude(context, model).run(request, new AbortController().signal)) events.push(event);
    clearInterval(heard);
    expect(lastOf(events).evidence.answer).toBe('Stopped.');
  });

  test('is cancelled with its whole process tree', async (context) => {
    const model = await startScriptedModel(() => ({ hang: true }));
    const stopping = new AbortController();
    const events: RunnerEvent[] = [];
    let pid = 0;
    for await (const event of claude(context, model).run(await agentRequest('Go.'), stopping.signal)) {
      events.push(event);
      if (event.kind === 'started') pid = event.pid ?? 0;
      if (event.kind === 'conversation') stopping.abort();
    }
    expect([lastOf(events).outcome, await isAlive(pid)]).toEqual(['cancelled', false]);
  });

  test('F3: a 429 is recognised as a limit with its time of reset', async (context) => {
    const reset = Math.ceil(Date.now() / 1_000) * 1_000 + 3_600_000;
    const model = await startScriptedModel(() => ({
      status: 429,
      headers: { 'retry-after': '3600' },
      message: `Your usage limit resets at ${new Date(reset).toISOString()}.`,
    }));
    const runner = claude(context, model, 'edits', { CLAUDE_CODE_MAX_RETRIES: '1' });
    const events = await eventsOf(runner, await agentRequest('Go.'));
    expect(ofKind(events, 'limited')).toMatchObject([{ limit: 'usage', reset_at: reset }]);
    expect(lastOf(events).error).toMatchObject({
      code: 'agent_limited',
      params: { limit: 'usage', reset_at: new Date(reset).toISOString() },
    });
  });

  test('a cost limit stops it', async (context) => {
    const model = await startScriptedModel(() => ({ calls: [{ tool: 'note', input: { text: 'again' } }], usage: { input: 1_000_000 } }));
    const request = await agentRequest('', { brief: { prompt: 'Go on for ever.', cost_limit_usd: 5, servers: [noteServer] } });
    const events = await eventsOf(claude(context, model), request);
    expect(lastOf(events)).toMatchObject({ outcome: 'failed', error: { code: 'agent_failed' } });
    expect(model.requests.length).toBeLessThan(4);
  });

  test('a structured answer comes back as data', async (context) => {
    const model = await startScriptedModel((request) =>
      request.tools.includes('StructuredOutput') && request.results.length === 0
        ? { calls: [{ tool: 'StructuredOutput', input: { verdict: 'good' } }] }
        : { text: 'So it is.' },
    );
    const request = await agentRequest('', { brief: { prompt: 'Judge.', answer_schema: VERDICT } });
    const events = await eventsOf(claude(context, model), request);
    expect(lastOf(events).evidence.structured).toEqual({ verdict: 'good' });
  });
});

describe('the runner claude without its program', () => {
  test('E17: a missing program is named', async () => {
    const runner = createClaudeRunner({ program: ['no-such-agent'], environment: {}, permissions: 'edits' });
    const { error } = lastOf(await eventsOf(runner, await agentRequest('Go.')));
    expect([error?.code, error?.params['reason']]).toEqual(['script_not_started', 'the command no-such-agent was not found']);
  });

  test('a task that asks nothing is refused', async () => {
    const runner = createClaudeRunner({ program: ['no-such-agent'], environment: {}, permissions: 'edits' });
    expect(lastOf(await eventsOf(runner, await agentRequest(' '))).error?.code).toBe('invalid_input');
  });
});
