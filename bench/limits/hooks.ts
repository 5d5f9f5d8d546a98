/**
 * How long an agent waits for a hook: from the start of the process that its program starts, to its end.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { build } from '../../scripts/build.ts';
import type { ServerProcess } from '../engine/server-process.ts';
import { type LatencyFigures, latencyOf } from './sessions-at-work.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Hooks of a conversation, in their order. */
const HOOKS = ['SessionStart', 'UserPromptSubmit', 'PostToolUse', 'Stop'] as const;
const CONVERSATION = '0b1e7c2a-1111-2222-3333-444455556666';

const ROUNDS = 25;

/** Runs the hooks of a conversation one after the other, so often. */
export async function measureHooks(
  server: ServerProcess,
  program: string,
  folder: string,
): Promise<Readonly<Record<string, LatencyFigures>>> {
  const times = new Map<string, number[]>(HOOKS.map((name) => [name, []]));
  for (const name of HOOKS) await runHook(server, program, folder, name);
  for (let round = 0; round < ROUNDS; round += 1)
    for (const name of HOOKS) times.get(name)?.push(await runHook(server, program, folder, name));
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

async function runHook({ url, token }: ServerProcess, program: string, folder: string, name: string): Promise<number> {
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    TUTTI_SERVER: url,
    TUTTI_TOKEN: token,
    CLAUDE_PID: String(process.pid),
    CLAUDE_CODE_SESSION_ID: CONVERSATION,
  };
  const began = performance.now();
  const child = spawn(process.execPath, [program, 'hook', 'claude'], { cwd: folder, env, stdio: ['pipe', 'ignore', 'ignore'] });
  child.stdin.end(JSON.stringify({ hook_event_name: name, session_id: CONVERSATION, cwd: folder, source: 'startup' }));
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`the hook ${name} ended with ${code}`);
  return performance.now() - began;
}
