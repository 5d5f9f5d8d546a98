/**
 * The same state operations as fast as they go: by Tutti, each durable, over HTTP; and by a file that sessions share as many
 * tools do it: a lock file, read, change, write anew, sync, rename.
 */
import { closeSync, fdatasyncSync, openSync, readFileSync, renameSync, unlinkSync, writeFileSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { HttpCalls } from '../engine/http-calls.ts';
import { live, sessionToRegister } from '../engine/lives.ts';
import type { ServerProcess } from '../engine/server-process.ts';

const OPERATIONS_OF_A_LIFE = 3;
const TASKS_KEPT = 1000;
const RETRY_MS = 1;

/** Adds, claims and completions per second by so many sessions at a time. */
export async function measureStateOperations(server: ServerProcess, sessions: number, seconds: number): Promise<number> {
  const connections = await Promise.all(Array.from({ length: sessions }, () => HttpCalls.connect(server.url, server.token)));
  for (const [index, connection] of connections.entries()) await connection.call('session.register', sessionToRegister(`fast-${index}`, 1));
  const began = performance.now();
  let lives = 0;
  await Promise.all(
    connections.map(async (connection, index) => {
      while (performance.now() < began + seconds * 1000) {
        await live((operation, input) => connection.call(operation, input), `fast-${index}`, lives);
        lives += 1;
      }
      connection.close();
    }),
  );
  return Math.round((lives * OPERATIONS_OF_A_LIFE * 1000) / (performance.now() - began));
}

/** The same on a file. */
export async function measureFileStore(path: string, sessions: number, seconds: number): Promise<number> {
  writeFileSync(path, JSON.stringify({ tasks: {} }));
  const began = performance.now();
  let operations = 0;
  await Promise.all(
    Array.from({ length: sessions }, async (_, index) => {
      while (performance.now() < began + seconds * 1000) {
        const id = `t${operations}`;
        await change(path, (tasks) => (tasks[id] = { title: `Build part ${id}`, status: 'pending', priority: 5 }));
        await change(path, (tasks) => (tasks[id] = { ...tasks[id], status: 'in_progress', session: `s${index}` }));
        await change(path, (tasks) => (tasks[id] = { ...tasks[id], status: 'completed' }));
        operations += OPERATIONS_OF_A_LIFE;
      }
    }),
  );
  return Math.round((operations * 1000) / (performance.now() - began));
}

/** One change under the lock; only the newest tasks are kept, or the file would grow without end. */
async function change(path: string, apply: (tasks: Record<string, object>) => void): Promise<void> {
  while (!take(`${path}.lock`)) await sleep(RETRY_MS);
  const state = JSON.parse(readFileSync(path, 'utf8')) as { tasks: Record<string, object> };
  apply(state.tasks);
  const ids = Object.keys(state.tasks);
  for (const id of ids.slice(0, Math.max(0, ids.length - TASKS_KEPT))) delete state.tasks[id];
  const file = openSync(`${path}.part`, 'w');
  writeSync(file, JSON.stringify(state));
  fdatasyncSync(file);
  closeSync(file);
  renameSync(`${path}.part`, path);
  unlinkSync(`${path}.lock`);
}

function take(lock: string): boolean {
  try {
    closeSync(openSync(lock, 'wx'));
    return true;
  } catch {
    return false;
  }
}
