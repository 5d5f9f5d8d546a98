/**
 * Row E11 with every agent program: a run gets the MCP servers that it is given and none of the user's own, their secrets are
 * never among the arguments of a process, and they end with the run.
 */
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test, type TestContext } from 'vitest';
import { createRunner } from '../../src/runners/create-runner.ts';
import type { RunRequest } from '../../src/runners/runner.ts';
import { isAlive, lastOf } from '../runners/script-fixture.ts';
import { agentRequest, eventsOf, noteServer, prepareAgent, programOf } from './agent-bed.ts';
import { type CrewKind, DIRECT } from './agent-crew.ts';
import { inTurns, startScriptedModel } from './model-servers/scripted-model.ts';

const [NODE, SCRIPT] = [noteServer.command, noteServer.args[0] ?? ''];

/** The user's own settings name a server, which leaves a file when somebody starts it. */
async function giveUserServer({ command }: CrewKind, request: RunRequest, started: string): Promise<void> {
  const home = request.environment['HOME'] ?? '';
  const env = { NOTE_STARTED: started };
  if (command === 'codex') {
    const words = `command = ${JSON.stringify(NODE)}\nargs = [${JSON.stringify(SCRIPT)}]\n`;
    await appendFile(
      join(home, '.codex', 'config.toml'),
      `[mcp_servers.mine]\n${words}[mcp_servers.mine.env]\nNOTE_STARTED = "${started}"\n`,
    );
    return;
  }
  const places: Partial<Record<typeof command, readonly [string, string, object]>> = {
    claude: ['.claude.json', 'mcpServers', { type: 'stdio', command: NODE, args: [SCRIPT], env }],
    gemini: ['.gemini/settings.json', 'mcpServers', { command: NODE, args: [SCRIPT], env }],
    opencode: ['.config/opencode/opencode.json', 'mcp', { type: 'local', command: [NODE, SCRIPT], environment: env, enabled: true }],
  };
  const [path, key, entry] = places[command] ?? ['settings.json', 'servers', {}];
  const file = join(home, path);
  await mkdir(dirname(file), { recursive: true });
  const settings = existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as object) : {};
  await writeFile(file, JSON.stringify({ ...settings, [key]: { mine: entry } }));
}

/** True when a process of this machine has the text among its arguments. */
function standsInArguments(text: string): boolean {
  return readdirSync('/proc').some((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(text);
    } catch {
      return false;
    }
  });
}

async function seen(context: TestContext, kind: CrewKind): Promise<unknown> {
  const program = programOf(context, kind.command);
  const secret = `secret-of-${kind.name}-${process.pid}`;
  let exposed = false;
  const turns = inTurns({ calls: [{ tool: 'note', input: { text: 'x' } }] }, { text: 'Done.' });
  const model = await startScriptedModel((request) => {
    exposed ||= standsInArguments(secret);
    return request.tools.length === 0 ? { text: 'A title.' } : turns(request);
  });
  const request = await agentRequest('Note it.');
  const home = request.environment['HOME'] ?? '';
  const [own, given] = [join(home, 'own-started'), join(home, 'given-started')];
  const environment = { ...request.environment, ...(await prepareAgent(kind.command, model.url, request)) };
  await giveUserServer(kind, request, own);
  const choice = { runner: kind.runner, program, permissions: 'all' as const, ...(kind.model === undefined ? {} : { model: kind.model }) };
  const server = { ...noteServer, env: { NOTE_SECRET: secret, NOTE_STARTED: given } };
  const brief = { prompt: 'Note it.', servers: [server] };
  const events = await eventsOf(await createRunner(choice, environment), { ...request, brief });
  const { outcome, evidence } = lastOf(events);
  const pid = existsSync(given) ? Number(readFileSync(given, 'utf8')) : 0;
  return {
    agent: kind.name,
    outcome,
    used: model.requests.at(-1)?.results.some((result) => result.includes('noted: x, and the secret is there')),
    exposed: exposed || JSON.stringify(evidence.command).includes(secret),
    own: existsSync(own) || model.requests.some(({ tools }) => tools.some((tool) => tool.includes('mine'))),
    left: pid === 0 || (await isAlive(pid)),
  };
}

test('E11: an agent gets the servers that it is given, not those of the user; secrets are in no arguments; nothing is left', async (context) => {
  const all = await Promise.all(DIRECT.map((kind) => seen(context, kind)));
  const expected = { outcome: 'completed', used: true, exposed: false, own: false, left: false };
  expect(all).toEqual(DIRECT.map(({ name }) => ({ agent: name, ...expected })));
}, 400_000);
