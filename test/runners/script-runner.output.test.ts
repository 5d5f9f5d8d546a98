/**
 * The output of a script: floods, slow readers, logs that cannot be written. Memory is bounded and nothing is invented.
 */
import { execFile } from 'node:child_process';
import { mkdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { RunnerEvent } from '../../src/runners/runner.ts';
import { createScriptRunner } from '../../src/runners/script/script-runner.ts';
import { isAlive, lastOf, requestFor, runToEnd, temporaryFolder } from './script-fixture.ts';

const MEGABYTE = 1024 * 1024;
const run = promisify(execFile);

test('a gigabyte of output passes through bounded memory, into a log that misses no byte', { timeout: 300_000 }, async () => {
  const disk = await statfs(await temporaryFolder());
  const size = disk.bavail * disk.bsize > 4096 * MEGABYTE ? 1024 * MEGABYTE : 128 * MEGABYTE;
  const request = await requestFor({ run: `yes 'all work and no play' | head -c ${size}` }, { timeout_ms: 280_000 });
  const before = process.memoryUsage().rss;
  let [characters, highest] = [0, before];
  let last: RunnerEvent | null = null;
  for await (const event of createScriptRunner().run(request, new AbortController().signal)) {
    if (event.kind === 'output') characters += event.text.length;
    highest = Math.max(highest, process.memoryUsage.rss());
    last = event;
  }
  expect(last).toMatchObject({ kind: 'finished', outcome: 'completed', evidence: { output_bytes: size } });
  expect([characters, (await stat(request.log_file)).size]).toEqual([size, size]);
  expect(highest - before).toBeLessThan(200 * MEGABYTE);
});

test('a command waits for a reader that is slow, and loses nothing', async () => {
  const size = 2 * MEGABYTE;
  const request = await requestFor({ run: `head -c ${size} /dev/zero | tr '\\0' x; echo done >&2` });
  const events = createScriptRunner().run(request, new AbortController().signal)[Symbol.asyncIterator]();
  await events.next();
  let written = -1;
  for (let now = 0; now === 0 || now !== written; await sleep(200)) [written, now] = [now, (await stat(request.log_file)).size];
  expect(written).toBeLessThan(MEGABYTE);
  let characters = 0;
  for (let next = await events.next(); next.done !== true; next = await events.next()) {
    if (next.value.kind === 'output' && next.value.stream === 'stdout') characters += next.value.text.length;
  }
  expect(characters).toBe(size);
});

test('a run whose reader never comes back is ended by its limit all the same', async () => {
  const request = await requestFor({ run: 'echo $$ >pid; exec yes' }, { timeout_ms: 400 });
  const events = createScriptRunner({ grace_ms: 100 }).run(request, new AbortController().signal)[Symbol.asyncIterator]();
  const first = await events.next();
  const pid = first.done !== true && first.value.kind === 'started' ? (first.value.pid ?? 0) : 0;
  expect(pid).toBeGreaterThan(0);
  while (await isAlive(pid)) await sleep(20);
  let last: RunnerEvent | null = null;
  for (let next = await events.next(); next.done !== true; next = await events.next()) last = next.value;
  expect(last).toMatchObject({ kind: 'finished', outcome: 'timed_out' });
});

describe('a log that cannot be written', () => {
  test('ends the run as evidence_unwritable and its processes with it', async () => {
    const request = await requestFor(
      { run: 'setsid sleep 300 & echo $! >pid; while :; do echo output; sleep 0.01; done' },
      { log_file: '/dev/full' },
    );
    const events = await runToEnd(request, 100);
    const { outcome, error, evidence } = lastOf(events);
    const started = events.find((event) => event.kind === 'started');
    expect([outcome, error?.code, evidence.output_bytes]).toEqual(['failed', 'evidence_unwritable', 0]);
    expect(error?.params['reason']).toContain('ENOSPC');
    expect(await isAlive(started?.kind === 'started' ? (started.pid ?? 0) : 0)).toBe(false);
  });

  test('fails a command that ended well before it was noticed', async () => {
    const { outcome, error, evidence } = lastOf(await runToEnd(await requestFor({ run: 'echo output' }, { log_file: '/dev/full' })));
    expect([outcome, error?.code]).toEqual(['failed', 'evidence_unwritable']);
    expect(evidence.tail).toBe('output');
  });

  test('a disk that fills up in the middle of the run', async ({ skip }) => {
    const folder = join(await temporaryFolder(), 'small');
    await mkdir(folder);
    const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]).catch(() => null);
    if (mounted === null) return skip('a small file system can only be mounted by root');
    onTestFinished(async () => void (await run('umount', ['-l', folder])));
    const request = await requestFor({ run: 'exec yes' }, { log_file: join(folder, 'run.log') });
    const { outcome, error, evidence } = lastOf(await runToEnd(request, 100));
    expect([outcome, error?.code, error?.params['path']]).toEqual(['failed', 'evidence_unwritable', request.log_file]);
    expect(evidence.output_bytes).toBe((await stat(request.log_file)).size);
    return expect(evidence.output_bytes).toBeGreaterThan(500_000);
  });
});
