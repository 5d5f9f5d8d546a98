/**
 * Rows B6, B11 and F9 with the real Codex by its app-server: leave is asked and answered, words join a turn, a turn is
 * interrupted, a conversation is resumed.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, type TestContext } from 'vitest';
import { createAppServerRunner } from '../../src/runners/codex/app-server-runner.ts';
import type { AgentPermissions, Runner, RunnerEvent, RunRequest } from '../../src/runners/runner.ts';
import { lastOf } from '../runners/script-fixture.ts';
import {
  agentRequest,
  answering,
  emergency,
  eventsOf,
  noteServer,
  ofKind,
  prepareAgent,
  programOf,
  startStoppableModel,
  VERDICT,
} from './agent-bed.ts';
import { inTurns, type ScriptedModel, startScriptedModel } from './model-servers/scripted-model.ts';

async function codex(context: TestContext, model: ScriptedModel, request: RunRequest, permissions: AgentPermissions): Promise<Runner> {
  const program = programOf(context, 'codex');
  const environment = await prepareAgent('codex', model.url, request);
  return createAppServerRunner({ program: [program], environment, permissions, grace_ms: 1_000 });
}

const shell = (cmd: string) => ({ calls: [{ tool: 'exec_command', input: { cmd } }] });

describe('the runner codex-app-server with the real program', { timeout: 300_000 }, () => {
  test('F9: asks for leave to run a command, waits, and goes on with the answer', async (context) => {
    const model = await startScriptedModel(inTurns(shell('touch yes.txt'), shell('touch no.txt'), { text: 'Over.' }));
    const { asked, ask } = answering(({ detail }) => detail.includes('yes'));
    const request = await agentRequest('', { brief: { prompt: 'Do two things.', ask } });
    const events = await eventsOf(await codex(context, model, request, 'ask'), request);
    expect([lastOf(events).outcome, lastOf(events).evidence.answer]).toEqual(['completed', 'Over.']);
    expect(new Set(asked.map(({ tool, detail }) => `${tool}: ${/touch \w+\.txt/.exec(detail)?.[0] ?? detail}`))).toEqual(
      new Set(['command: touch yes.txt', 'command: touch no.txt']),
    );
    const answered = ofKind(events, 'permission').map((event) => event.allowed);
    expect([answered[0], answered[1], answered.at(-1)]).toEqual([null, true, false]);
    expect(await readFile(join(request.folder, 'yes.txt'), 'utf8')).toBe('');
    await expect(readFile(join(request.folder, 'no.txt'))).rejects.toThrow('ENOENT');
    expect(model.requests.at(-1)?.results.at(-1)).toContain('rejected');
  });

  test('F9: asks for leave to change a file, and names the change', async (context) => {
    const patch = '*** Begin Patch\n*** Add File: a.txt\n+hello\n*** End Patch\n';
    const model = await startScriptedModel(inTurns(shell(`apply_patch <<'EOF'\n${patch}EOF\n`), { text: 'Written.' }));
    const { asked, ask } = answering(() => true);
    const request = await agentRequest('', { brief: { prompt: 'Write.', ask } });
    const events = await eventsOf(await codex(context, model, request, 'ask'), request);
    expect(lastOf(events).evidence.answer).toBe('Written.');
    expect([asked[0]?.tool, asked[0]?.detail]).toEqual(['file change', expect.stringContaining('a.txt')]);
    expect(await readFile(join(request.folder, 'a.txt'), 'utf8')).toBe('hello\n');
  });

  test('F9: tools of the servers that it is given are used without asking for each call', async (context) => {
    const model = await startScriptedModel(inTurns({ calls: [{ tool: 'note', input: { text: 'x' } }] }, { text: 'Noted.' }));
    const request = await agentRequest('', { brief: { prompt: 'Note it.', servers: [noteServer] } });
    const events = await eventsOf(await codex(context, model, request, 'ask'), request);
    expect(lastOf(events).evidence.answer).toBe('Noted.');
    expect(ofKind(events, 'tool_ended').map((event) => event.ok)).toEqual([true]);
  });

  test('resumes a conversation by its id and counts only what the resumed run used', async (context) => {
    const model = await startScriptedModel(() => ({ text: 'I remember.', usage: { input: 50, output: 7, cached: 30 } }));
    const request = await agentRequest('The word is zebra.');
    const runner = await codex(context, model, request, 'all');
    const resume = lastOf(await eventsOf(runner, request)).evidence.conversation ?? '';
    const events = await eventsOf(runner, { ...request, brief: { prompt: 'What was the word?', resume } });
    expect([lastOf(events).outcome, lastOf(events).evidence.conversation]).toEqual(['completed', resume]);
    expect(model.requests.at(-1)?.prompt).toContain('The word is zebra.');
    expect(ofKind(events, 'usage').map(({ usage }) => [usage.tokens_in, usage.tokens_out, usage.cache_read])).toEqual([[50, 7, 30]]);
  });

  test('B11: words join the turn that goes on; an interrupt ends it, and the next one hears what it had not', async (context) => {
    const model = await startStoppableModel();
    const began = Promise.withResolvers<void>();
    const request = await agentRequest('', { brief: { prompt: 'Count for ever.', input: emergency(began.promise) } });
    const runner = await codex(context, model, request, 'all');
    const events: RunnerEvent[] = [];
    const heard = setInterval(() => model.requests.length > 0 && began.resolve(), 20);
    for await (const event of runner.run(request, new AbortController().signal)) events.push(event);
    clearInterval(heard);
    expect([lastOf(events).outcome, lastOf(events).evidence.answer]).toEqual(['completed', 'Stopped.']);
  });

  test('F3: a refusal by the provider is a limit by its status', async (context) => {
    const model = await startScriptedModel(() => ({ status: 429, message: 'No.' }));
    const request = await agentRequest('Go.');
    const events = await eventsOf(await codex(context, model, request, 'all'), request);
    expect(ofKind(events, 'limited')).toMatchObject([{ limit: 'rate', reset_at: null }]);
    expect(lastOf(events).error?.code).toBe('agent_limited');
  });

  test('a structured answer comes back as data', async (context) => {
    const model = await startScriptedModel(() => ({ text: '{"verdict":"good"}' }));
    const request = await agentRequest('', { brief: { prompt: 'Judge.', answer_schema: VERDICT } });
    const events = await eventsOf(await codex(context, model, request, 'all'), request);
    expect(lastOf(events).evidence.structured).toEqual({ verdict: 'good' });
    expect(JSON.stringify(model.requests.at(-1)?.body['text'])).toContain('verdict');
  });
});
