/**
 * Measures how long a session takes to start: the script runner from the request to its first output, and a terminal in
 * tmux from the request to its process. `node bench/spawn.ts [count]` prints JSON.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { terminalSocket } from '../src/config/terminal-socket.ts';
import { openTmuxHome } from '../src/host/terminals/tmux-home.ts';
import { clientClock } from '../src/client/system-ports.ts';
import { createScriptRunner } from '../src/runners/script/script-runner.ts';

const count = Number(process.argv[2] ?? 50);
const folder = mkdtempSync(join(tmpdir(), 'tutti-spawn-'));
const environment = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: folder, TERM: 'xterm-256color' };

/** Milliseconds until the first output of a script. */
async function spawnScript(number: number): Promise<number> {
  const began = performance.now();
  const log_file = join(folder, `${number}.log`);
  const request = {
    task_id: `t-${number}`,
    attempt: 1,
    spec: { run: ['echo', 'here'] },
    folder,
    log_file,
    environment,
    timeout_ms: 10_000,
  };
  let first = Number.NaN;
  for await (const event of createScriptRunner().run(request, new AbortController().signal)) {
    if (event.kind === 'output' && Number.isNaN(first)) first = performance.now() - began;
  }
  return first;
}

function summary(times: readonly number[]): { p50_ms: number; p99_ms: number } {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number): number => Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0).toFixed(1));
  return { p50_ms: at(0.5), p99_ms: at(0.99) };
}

const scripts: number[] = [];
for (let number = 0; number < count; number += 1) scripts.push(await spawnScript(number));
const home = await openTmuxHome(folder, environment, clientClock);
const terminals: number[] = [];
for (let number = 0; number < count; number += 1) {
  const began = performance.now();
  await home.start({ id: `s-${number}`, command: ['sleep', '60'], folder, environment: {}, memory_mb: null, cpu_seconds: null });
  terminals.push(performance.now() - began);
}
execFileSync('tmux', ['-L', terminalSocket(folder), 'kill-server']);
rmSync(folder, { recursive: true, force: true });
console.log(JSON.stringify({ count, script_to_first_output: summary(scripts), terminal: summary(terminals) }, null, 2));
