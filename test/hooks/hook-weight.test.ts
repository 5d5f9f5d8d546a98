/**
 * Row E14: an agent waits for its hooks, and what a hook takes is above all what it loads. So this holds what it loads; how
 * long it takes is measured by `npm run bench:limits`.
 */
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TuttiClient } from '../../src/client/client.ts';
import { Project } from '../cli/tutti.ts';

/** Modules of ours that a hook loads at most, and one that has nothing to tell. */
const MODULES = 70;
const MODULES_WITH_NOTHING_TO_TELL = 48;

const CONVERSATION = '0b1e7c2a-1111-2222-3333-444455556666';

let project: Project;
let transcript: string;

beforeEach(() => {
  project = new Project();
  transcript = join(project.folder, 'transcript.jsonl');
  mkdirSync(project.data);
  writeFileSync(join(project.data, 'config.yaml'), 'worker: { capabilities: [build] }\nprices: { sonnet: { input: 2, output: 10 } }\n');
  writeFileSync(
    join(project.folder, 'note-modules.mjs'),
    `import { registerHooks } from 'node:module';
import { writeFileSync } from 'node:fs';
const urls = [];
registerHooks({ load: (url, context, next) => (urls.push(url), next(url, context)) });
process.on('exit', () => writeFileSync(process.env.NOTED, JSON.stringify({ urls, own: process.moduleLoadList })));
`,
  );
});

afterEach(() => project.remove());

interface Loaded {
  /** Our own modules, by their path below src. */
  readonly ours: readonly string[];
  /** Whatever else is loaded from files. */
  readonly others: readonly string[];
  /** Node's own fetch was loaded. */
  readonly fetch: boolean;
  readonly stdout: string;
}

/** Runs the hook of an event and says what it loaded. */
async function hook(event: string): Promise<Loaded> {
  const noted = join(project.folder, 'noted.json');
  const env = {
    CLAUDE_PID: String(process.pid),
    CLAUDE_CODE_SESSION_ID: CONVERSATION,
    NODE_OPTIONS: `--import=${join(project.folder, 'note-modules.mjs')}`,
    NOTED: noted,
  };
  const input = JSON.stringify({ hook_event_name: event, session_id: CONVERSATION, cwd: project.folder, transcript_path: transcript });
  const { stdout } = await project.run(['hook', 'claude'], { env, input });
  const { urls, own } = JSON.parse(readFileSync(noted, 'utf8')) as { urls: string[]; own: string[] };
  const files = urls.filter((url) => url.startsWith('file:'));
  const ours = files.flatMap((url) => /\/src\/(.*)$/.exec(url)?.[1] ?? []);
  return {
    ours,
    others: files.filter((url) => url.includes('/node_modules/') || !url.includes('/src/')),
    fetch: own.some((name) => name.includes('undici')),
    stdout,
  };
}

/** A hook lets its agent go on when its time is over, on a busy machine too: the agent has more events. */
const WAIT = { timeout: 90_000, interval: 100 };

/** What the server knows of use once this event was told. */
async function usedAfter(event: string, client: TuttiClient): Promise<object> {
  await hook(event);
  return (await client.call('usage.show', {})).usage;
}

function says(id: string): void {
  const message = { id, model: 'sonnet-x', content: [], usage: { input_tokens: 10, output_tokens: 1 } };
  appendFileSync(transcript, `${JSON.stringify({ type: 'assistant', timestamp: new Date().toISOString(), message })}\n`);
}

test('E14: a hook loads little: no package, no parser, no schema, and not the whole of fetch', async () => {
  const { server } = await project.up('--journal', 'memory:');
  const client = project.client(server);
  writeFileSync(transcript, '');
  // The first one reads the configuration, and those after it remember it.
  await hook('SessionStart');
  for (const event of ['SessionStart', 'UserPromptSubmit', 'Stop', 'PostToolUse', 'Notification', 'SessionEnd']) {
    says(event);
    const { ours, others, fetch } = await hook(event);
    expect([event, others, fetch]).toEqual([event, [], false]);
    expect(ours.filter((path) => /^(contract\/operations|cli\/(program|command-table)|config\/load-)/.test(path))).toEqual([]);
    expect(ours).toContain('hooks/run-hook.ts');
    expect(ours.length).toBeLessThanOrEqual(MODULES);
    if (event === 'Stop') await expect.poll(() => usedAfter('Stop', client), WAIT).toMatchObject({ tokens_in: 30 });
  }
});

test('E14: a hook that has nothing to tell loads no client either, nor does one while Tutti is away load more', async () => {
  await project.up('--journal', 'memory:').then(async ({ running }) => {
    await hook('SessionStart');
    await hook('UserPromptSubmit');
    const loaded = async (): Promise<unknown> => {
      const { ours, others, fetch } = await hook('PostToolUse');
      return [others, fetch, ours.filter((path) => path.startsWith('client/')), ours.length <= MODULES_WITH_NOTHING_TO_TELL];
    };
    // On a busy machine those before it may have ended before they could tell, or long ago: then it has something to tell.
    await expect.poll(loaded, WAIT).toEqual([[], false, [], true]);
    running.child.kill('SIGKILL');
    await running.ended;
  });
  const { ours, others, fetch, stdout } = await hook('Stop');
  expect([others, fetch, stdout]).toEqual([[], false, '']);
  expect(ours.length).toBeLessThanOrEqual(MODULES);
});

test('E14: what is configured counts for the next hook, though it is remembered', async () => {
  const { server } = await project.up('--journal', 'memory:');
  const client = project.client(server);
  const shown = async (): Promise<readonly string[]> => {
    await hook('SessionStart');
    const { sessions } = await client.call('session.list', {});
    return sessions.flatMap(({ capabilities }) => capabilities);
  };
  await expect.poll(shown, WAIT).toEqual(['build']);
  expect(await shown()).toEqual(['build']);
  writeFileSync(join(project.data, 'config.yaml'), 'worker: { capabilities: [docs] }\n');
  await expect.poll(shown, WAIT).toEqual(['docs']);
});
