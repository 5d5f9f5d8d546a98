/**
 * How long an agent waits for a hook: from the start of the process that its program starts, to its end.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFileSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from '../../scripts/build.ts';
import { type LatencyFigures, latencyOf } from './sessions-at-work.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Hooks of a conversation, in their order. */
const HOOKS = ['SessionStart', 'UserPromptSubmit', 'PostToolUse', 'Stop', 'SessionEnd'] as const;
const CONVERSATION = '0b1e7c2a-1111-2222-3333-444455556666';

/**
 * Runs the hooks of a conversation one after the other, so often, in the project of the server as its agents do: they find it
 * by its files, the project has a configuration, and between two hooks the agent has used something. Beside them the hook of an
 * agent in a folder without Tutti.
 */
export async function measureHooks(program: string, project: string, rounds: number): Promise<Readonly<Record<string, LatencyFigures>>> {
  const elsewhere = `${project}-without`;
  mkdirSync(elsewhere);
  writeFileSync(join(project, '.tutti', 'config.yaml'), 'prices: { sonnet: { input: 2, output: 10 } }\n');
  const without = { name: 'UserPromptSubmit', key: 'UserPromptSubmit without a server', folder: elsewhere };
  const places = [...HOOKS.map((name) => ({ name, key: name, folder: project })), without];
  const times = new Map(places.map(({ key }) => [key, [] as number[]]));
  // The first of all fills the caches.
  for (let round = -1; round < rounds; round += 1) {
    for (const { name, key, folder } of places) {
      const took = await runHook(program, folder, name);
      if (round >= 0) times.get(key)?.push(took);
    }
  }
  return Object.fromEntries([...times].map(([name, each]) => [name, latencyOf(each)]));
}

/** Builds the package as users have it; returns its program. Nothing else goes on meanwhile. */
export function installInto(folder: string): string {
  const place = join(folder, 'node_modules', 'tutti');
  mkdirSync(place, { recursive: true });
  for (const name of ['bin', 'package.json']) cpSync(join(ROOT, name), join(place, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(place, 'node_modules'));
  build(ROOT, join(place, 'dist'));
  return join(place, 'bin', 'tutti.mjs');
}

async function runHook(program: string, folder: string, name: string): Promise<number> {
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    CLAUDE_PID: String(process.pid),
    CLAUDE_CODE_SESSION_ID: CONVERSATION,
  };
  const transcript_path = join(folder, 'transcript.jsonl');
  const message = { id: randomUUID(), model: 'sonnet-x', content: [], usage: { input_tokens: 100, output_tokens: 10 } };
  appendFileSync(transcript_path, `${JSON.stringify({ type: 'assistant', timestamp: new Date().toISOString(), message })}\n`);
  const event = { hook_event_name: name, session_id: CONVERSATION, cwd: folder, source: 'startup', transcript_path };
  const began = performance.now();
  const child = spawn(process.execPath, [program, 'hook', 'claude'], { cwd: folder, env, stdio: ['pipe', 'ignore', 'ignore'] });
  child.stdin.end(JSON.stringify(event));
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`the hook ${name} ended with ${code}`);
  return performance.now() - began;
}
