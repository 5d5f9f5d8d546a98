/**
 * Row F3 with the real agent programs: a provider that refuses the key is recognised by what each of them tells.
 */
import { expect, test, type TestContext } from 'vitest';
import { createRunner } from '../../src/runners/create-runner.ts';
import { lastOf } from '../runners/script-fixture.ts';
import { agentRequest, eventsOf, prepareAgent, programOf } from './agent-bed.ts';
import { type CrewKind, kindsOf } from './agent-crew.ts';
import { refusalOn } from './model-servers/refusals.ts';
import { startScriptedModel } from './model-servers/scripted-model.ts';

async function refusedRun(context: TestContext, kind: CrewKind): Promise<unknown> {
  const program = [programOf(context, kind.command), ...(kind.words ?? [])].join(' ');
  const model = await startScriptedModel(({ wire }) => refusalOn(wire, 'key'));
  const request = await agentRequest('Do it.');
  const environment = { ...request.environment, ...(await prepareAgent(kind.command, model.url, request)) };
  const choice = { runner: kind.runner, program, permissions: 'all' as const, ...(kind.model === undefined ? {} : { model: kind.model }) };
  const { error } = lastOf(await eventsOf(await createRunner(choice, environment), request));
  const secrets = JSON.stringify(error).includes('abcdef0123456789');
  // Claude Code would go on trying for three minutes.
  return [kind.name, error?.code, error?.params['refused'], secrets, model.requests.length < 6];
}

const KINDS = kindsOf('claude', 'codex', 'codex-app-server', 'gemini', 'acp-codex');

test('F3: a refused key ends the run as a refusal, soon, and the key is not told', { timeout: 300_000 }, async (context) => {
  const ends = await Promise.all(KINDS.map((kind) => refusedRun(context, kind)));
  expect(ends).toEqual(KINDS.map(({ name }) => [name, 'agent_refused', 'access', false, true]));
});
