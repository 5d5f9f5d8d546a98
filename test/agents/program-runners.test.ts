import { describe, expect, test, type TestContext } from 'vitest';
import type { AgentCommand } from '../../scripts/agent-programs.ts';
import { createAcpRunner } from '../../src/runners/acp/acp-runner.ts';
import type { AgentRunnerOptions } from '../../src/runners/agent/agent-options.ts';
import { createAppServerRunner } from '../../src/runners/codex/app-server-runner.ts';
import { createCodexRunner } from '../../src/runners/codex/codex-runner.ts';
import { createGeminiRunner } from '../../src/runners/gemini/gemini-runner.ts';
import { createOpencodeRunner } from '../../src/runners/opencode/opencode-runner.ts';
import type { Runner, RunRequest } from '../../src/runners/runner.ts';
import { isAlive, lastOf } from '../runners/script-fixture.ts';
import { agentRequest, eventsOf, noteServer, ofKind, prepareAgent, programOf } from './agent-bed.ts';
import { inTurns, type Script, startScriptedModel } from './model-servers/scripted-model.ts';

interface Driver {
  readonly name: string;
  readonly command: AgentCommand;
  readonly make: (options: AgentRunnerOptions) => Runner;
  readonly words?: readonly string[];
  readonly model?: string;
  /** The program tells all that a turn used: Gemini tells over ACP no cached tokens. */
  readonly counts: boolean;
}

const DIRECT: readonly Driver[] = [
  { name: 'codex', command: 'codex', make: createCodexRunner, counts: true },
  { name: 'codex app-server', command: 'codex', make: createAppServerRunner, counts: true },
  { name: 'gemini', command: 'gemini', make: createGeminiRunner, model: 'gemini-2.5-flash', counts: true },
  { name: 'opencode', command: 'opencode', make: createOpencodeRunner, counts: true },
];
const ACP: readonly Driver[] = [
  { name: 'acp claude', command: 'claude-agent-acp', make: (options) => createAcpRunner('acp:claude', options), counts: true },
  { name: 'acp codex', command: 'codex-acp', make: (options) => createAcpRunner('acp:codex', options), counts: true },
  {
    name: 'acp gemini',
    command: 'gemini',
    words: ['--acp', '-m', 'gemini-2.5-flash', '--skip-trust'],
    make: (options) => createAcpRunner('acp:gemini', options),
    counts: false,
  },
  {
    name: 'acp opencode',
    command: 'opencode',
    words: ['acp'],
    make: (options) => createAcpRunner('acp:opencode', options),
    counts: true,
  },
];

async function prepare(context: TestContext, driver: Driver, script: Script, more: Partial<RunRequest> = {}) {
  const program = programOf(context, driver.command);
  const model = await startScriptedModel(script);
  const request = await agentRequest('Note it.', more);
  const environment = await prepareAgent(driver.command, model.url, request);
  const { words, model: name } = driver;
  const runner = driver.make({
    program: [program, ...(words ?? [])],
    environment,
    permissions: 'all',
    grace_ms: 1_000,
    ...(name === undefined ? {} : { model: name }),
  });
  return { model, request, runner };
}

describe.each([...DIRECT, ...ACP])('the runner $name with the real program', { timeout: 300_000 }, (driver) => {
  test('B6: calls a tool of a server, reports conversation, tools, words and usage', async (context) => {
    const script = inTurns(
      { text: 'I note it.', calls: [{ tool: 'note', input: { text: 'written' } }] },
      { text: 'Done.', usage: { input: 50, output: 7, cached: 30 } },
    );
    const { request, runner } = await prepare(context, driver, script, { brief: { prompt: 'Note it.', servers: [noteServer] } });
    const events = await eventsOf(runner, request);
    const { outcome, evidence, error } = lastOf(events);
    expect([outcome, error]).toEqual(['completed', null]);
    expect(evidence.answer).toBe('Done.');
    expect(evidence.conversation).toBe(ofKind(events, 'conversation')[0]?.id);
    expect(ofKind(events, 'tool_called').map((event) => event.tool)).toEqual([expect.stringContaining('note')]);
    expect(ofKind(events, 'tool_ended').map((event) => event.ok)).toEqual([true]);
    expect(
      ofKind(events, 'message')
        .map((event) => event.text)
        .slice(-2),
    ).toEqual(['I note it.', 'Done.']);
    const used = ofKind(events, 'usage').map((event) => event.usage);
    const sum = (field: 'tokens_in' | 'tokens_out' | 'cache_read'): number => used.reduce((total, usage) => total + usage[field], 0);
    if (driver.counts) expect([sum('tokens_in'), sum('tokens_out'), sum('cache_read')]).toEqual([150, 27, 30]);
  });

  test('F3: tells what each call of its model used while its turn goes on', async (context) => {
    const script: Script = ({ tools, number }) => {
      if (tools.length === 0) return { text: 'A title.' };
      return number < 2 ? { calls: [{ tool: 'note', input: { text: `${number}` } }], usage: { input: 1_000 } } : { hang: true };
    };
    const { request, runner } = await prepare(context, driver, script, { brief: { prompt: 'Note it.', servers: [noteServer] } });
    const stopping = new AbortController();
    let tokens_in = 0;
    for await (const event of runner.run(request, stopping.signal)) {
      if (event.kind === 'usage') tokens_in += event.usage.tokens_in;
      if (tokens_in >= 2_000) stopping.abort();
    }
    expect(tokens_in).toBe(2_000);
  });

  test('is cancelled with its whole process tree while the model is silent', async (context) => {
    const { model, request, runner } = await prepare(context, driver, () => ({ hang: true }));
    const stopping = new AbortController();
    const asked = setInterval(() => {
      if (model.requests.length > 0) stopping.abort();
    }, 20);
    const events = await eventsOf(runner, request, stopping.signal);
    clearInterval(asked);
    const pid = ofKind(events, 'started')[0]?.pid ?? 0;
    expect([lastOf(events).outcome, pid > 0, await isAlive(pid)]).toEqual(['cancelled', true, false]);
  });
});

describe.each(DIRECT.filter((driver) => driver.name !== 'opencode'))('limits of $name', { timeout: 300_000 }, (driver) => {
  test('F3: a refusal by the provider is a limit, and its time is known where the program tells it', async (context) => {
    const before = Date.now();
    const { request, runner } = await prepare(context, driver, () => ({
      status: 429,
      headers: { 'retry-after': '3600' },
      message: 'Rate limit reached. Please try again in 3600s.',
    }));
    const events = await eventsOf(runner, request);
    const { error, outcome } = lastOf(events);
    expect([outcome, error?.code]).toEqual(['failed', 'agent_limited']);
    const reset = Date.parse(String(error?.params['reset_at']));
    expect(driver.name === 'gemini' ? reset > before + 3_500_000 : Number.isNaN(reset)).toBe(true);
  });
});
