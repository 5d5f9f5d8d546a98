/**
 * Row F9 with every real agent that can ask: its question for leave stands in the inbox, is answered at the command line, and
 * the run goes on with the answer. `codex exec`, `gemini` and `opencode run` cannot ask: headless they refuse by themselves.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, type TestContext } from 'vitest';
import { Project } from '../cli/tutti.ts';
import { resultOf, TestBed, until } from '../host/test-bed.ts';
import { BY_ACP, type CrewKind, crewWorker, kindsOf } from './agent-crew.ts';
import { inTurns, type ScriptedCall, startScriptedModel } from './model-servers/scripted-model.ts';

let project: Project;

beforeEach(() => {
  project = new Project();
});

afterEach(() => project.remove());

/** A command by the tool of each program. */
function shell(command: string): Readonly<Record<string, ScriptedCall>> {
  return {
    claude: { tool: 'Bash', input: { command, description: 'Runs' } },
    codex: { tool: 'exec_command', input: { cmd: command } },
    // In its mode for reading only its model asks for more by itself.
    'acp-codex': {
      tool: 'exec_command',
      input: { cmd: command, sandbox_permissions: 'require_escalated', justification: 'It writes.' },
    },
    gemini: { tool: 'run_shell_command', input: { command, description: 'Runs' } },
    opencode: { tool: 'bash', input: { command, description: 'Runs' } },
  };
}

/** These end their turn when something is refused; the others say something more. */
const AFTER_NO: Readonly<Record<string, readonly unknown[]>> = {
  'acp-codex': ['failed', expect.any(String)],
  'acp-opencode': ['completed', undefined],
};

const family = ({ name }: CrewKind): string => /claude|codex|gemini|opencode/.exec(name)?.[0] ?? name;

/** A worker whose agent has to ask, and its task: one command that it may run and one that it may not. */
async function begin(context: TestContext, bed: TestBed, kind: CrewKind): Promise<string> {
  const call = (command: string): ScriptedCall[] => {
    const calls = shell(command);
    return [calls[kind.name] ?? calls[family(kind)] ?? { tool: '', input: {} }];
  };
  const turns = inTurns({ calls: call('touch yes.txt') }, { calls: call('touch no.txt') }, { text: 'Over.' });
  const model = await startScriptedModel((request) => (request.tools.length === 0 ? { text: 'A title.' } : turns(request)));
  await crewWorker(context, bed, { kind, model, permissions: 'ask' });
  return bed.add(undefined, { title: 'Ask first', spec: { prompt: 'Touch them.' }, required_capability: kind.name });
}

test('(5) F9: questions for leave of each agent that can ask are answered by `tutti decision answer`, and the runs go on', async (context) => {
  const bed = await TestBed.make();
  const env = { TUTTI_SERVER: bed.url, TUTTI_TOKEN: bed.tokenOf('operator') };
  const tutti = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await project.run(args, { env });
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    return stdout;
  };
  const kinds = [...kindsOf('claude', 'codex-app-server'), ...BY_ACP];
  const begun = await Promise.all(kinds.map(async (kind) => ({ kind, id: await begin(context, bed, kind) })));
  const asked = new Map<string, string[]>();
  const open = async (): Promise<boolean> => (await bed.client.call('decision.list', { status: 'open' })).decisions.length > 0;
  await until(open);
  expect(await tutti('inbox', 'list')).toContain('permission');
  const isOver = async (): Promise<boolean> => {
    const { decisions } = await bed.client.call('decision.list', { status: 'open' });
    for (const { decision_id, task_id, context: about } of decisions) {
      const detail = JSON.stringify(about);
      const what = detail.includes('no.txt') ? 'deny' : 'allow';
      asked.set(task_id ?? '', [...(asked.get(task_id ?? '') ?? []), what]);
      expect(await tutti('decision', 'answer', decision_id, what)).toContain(`is answered: ${what}`);
    }
    const tasks = await Promise.all(begun.map(({ id }) => bed.task(id)));
    return tasks.every(({ status }) => status === 'completed' || status === 'failed');
  };
  await until(isOver);
  const ends = await Promise.all(
    begun.map(async ({ kind, id }) => {
      const { outcome, answer, folder } = resultOf(await bed.task(id));
      const made = ['yes.txt', 'no.txt'].map((name) => existsSync(join(folder ?? '', name)));
      return [kind.name, outcome, answer, made, [...new Set(asked.get(id))]];
    }),
  );
  expect(ends).toEqual(kinds.map(({ name }) => [name, ...(AFTER_NO[name] ?? ['completed', 'Over.']), [true, false], ['allow', 'deny']]));
}, 600_000);
