/**
 * The processes of a script: whatever they do to get away, none is left when the run has finished.
 */
import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RunnerEvent, RunRequest } from '../../src/runners/runner.ts';
import { psProcesses, systemProcesses, type ProcessTable } from '../../src/runners/process/process-table.ts';
import { endTree } from '../../src/runners/process/process-tree.ts';
import { createScriptRunner } from '../../src/runners/script/script-runner.ts';
import { contentOf, isAlive, lastOf, requestFor, runToEnd, temporaryFolder } from './script-fixture.ts';

const PATIENCE = '$0 = "patience"; $SIG{TERM} = "IGNORE"; sleep 1 while 1';
const DEAF = `perl -e '${PATIENCE}'`;

/** Scripts whose background process notes its pid in `pid` and then outlives its parent in one way or another. */
const ESCAPES: Record<string, string> = {
  'in the background': `sh -c 'echo $$ >pid; exec sleep 300' &`,
  'in the background, deaf to SIGTERM': `sh -c 'echo $$ >pid; exec ${DEAF.replaceAll("'", `'\\''`)}' &`,
  'in a session of its own': `setsid sh -c 'echo $$ >pid; exec sleep 300' >/dev/null 2>&1 &`,
  'forked twice in a session of its own': `setsid sh -c 'sh -c "echo \\$\\$ >pid; exec sleep 300" & exit' >/dev/null 2>&1 </dev/null &`,
  'in a session of its own with an empty environment': `env -i /usr/bin/setsid /bin/sh -c 'echo $$ >pid; exec /bin/sleep 300' &`,
};

describe.each(Object.entries(ESCAPES))('a process %s', (_where, escape) => {
  test('B6: is ended when the script has ended', async () => {
    const request = await requestFor({ run: `${escape} until test -s pid; do sleep 0.01; done` });
    const { outcome, evidence } = lastOf(await runToEnd(request, 200));
    const pid = Number(await contentOf(join(request.folder, 'pid')));
    expect([outcome, evidence.exit_code, await isAlive(pid)]).toEqual(['completed', 0, false]);
  });

  test('B6: is ended when the run times out', async () => {
    const { folder, last } = await timedOut(`${escape} sleep 300`, 'pid', 200);
    const pid = Number(await contentOf(join(folder, 'pid')));
    expect([last.outcome, await isAlive(pid)]).toEqual(['timed_out', false]);
  });
});

/** Runs a script until its time is over, with more time as long as that was over before the script had written this file. */
async function timedOut(
  run: string,
  file: string,
  grace_ms: number,
): Promise<{ readonly folder: string; readonly seconds: number; readonly last: ReturnType<typeof lastOf> }> {
  for (let seconds = 0.5; ; seconds *= 3) {
    const request = await requestFor({ run, timeout_seconds: seconds });
    const last = lastOf(await runToEnd(request, grace_ms));
    const { size } = await stat(join(request.folder, file)).catch(() => ({ size: 0 }));
    if (size > 0) return { folder: request.folder, seconds, last };
  }
}

describe('a limit', () => {
  test('B6: a script that ignores SIGTERM is killed after the grace period', async () => {
    const { seconds, last } = await timedOut(`trap '' TERM; echo deaf >ready; ${DEAF}; echo survived`, 'ready', 300);
    const { outcome, evidence, error } = last;
    expect([outcome, evidence.exit_code, evidence.signal]).toEqual(['timed_out', null, 'SIGKILL']);
    expect(error).toMatchObject({ code: 'timed_out', params: { seconds } });
    expect(evidence.tail).toBe('');
  });

  test('a script has the grace period to put its things in order', async () => {
    const script = `trap 'echo tidied; exit 0' TERM; echo ready; echo ready >ready; while :; do sleep 0.01; done`;
    const { outcome, evidence } = (await timedOut(script, 'ready', 30_000)).last;
    expect([outcome, evidence.exit_code]).toEqual(['timed_out', 0]);
    expect(evidence.tail).toMatch(/^ready[^]*tidied$/);
  });

  test('the shorter of the limits of the task and the worker holds', async () => {
    const worker = await requestFor({ run: 'sleep 300', timeout_seconds: 200 }, { timeout_ms: 100 });
    expect(lastOf(await runToEnd(worker)).error?.params['seconds']).toBe(0.1);
    const task = await requestFor({ run: 'sleep 300', timeout_seconds: 0.1 }, { timeout_ms: Number.POSITIVE_INFINITY });
    expect(lastOf(await runToEnd(task)).error?.params['seconds']).toBe(0.1);
  });
});

describe('an abort', () => {
  test('ends the whole tree and the stream with cancelled', async () => {
    const request = await requestFor({ run: `setsid sh -c 'echo $$ >pid; exec sleep 300' & sleep 300` });
    const abort = new AbortController();
    const ending = runToEnd(request, 300, abort.signal);
    const pid = Number(await contentOf(join(request.folder, 'pid')));
    abort.abort();
    const events = await ending;
    const { outcome, error } = lastOf(events);
    expect([outcome, error, await isAlive(pid), await isAlive(startedPid(events))]).toEqual(['cancelled', null, false, false]);
  });

  test('before the start starts nothing', async () => {
    const request = await requestFor({ run: 'echo ran' });
    const events = await runToEnd(request, 300, AbortSignal.abort());
    expect(events).toHaveLength(1);
    expect(lastOf(events)).toMatchObject({ outcome: 'cancelled', error: null, evidence: { exit_code: null, output_bytes: 0 } });
  });
});

describe('a reader that leaves', () => {
  test('ends the processes before the loop is left', async () => {
    let pid = 0;
    for await (const event of stream(await requestFor({ run: `${DEAF} & wait` }))) {
      if (event.kind === 'started') pid = event.pid ?? 0;
      break;
    }
    expect([pid > 0, await isAlive(pid)]).toEqual([true, false]);
  });

  test('ends a flood that nobody reads', async () => {
    const events = stream(await requestFor({ run: 'yes' }))[Symbol.asyncIterator]();
    const first = await events.next();
    const pid = startedPid(first.done === true ? [] : [first.value]);
    await events.return?.();
    expect([await isAlive(pid), (await events.next()).done]).toEqual([false, true]);
  });

  test('ends a stream whose next event is being waited for', async () => {
    const events = stream(await requestFor({ run: 'sleep 300' }))[Symbol.asyncIterator]();
    await events.next();
    const waiting = events.next();
    await events.return?.();
    expect((await waiting).done).toBe(true);
  });
});

test('many processes that fork faster than they are looked for are all ended', async () => {
  // Another run of this test on the machine has another number.
  const sleeper = `sleep 301.${process.pid}`;
  const request = await requestFor({ run: `echo go >pid; while :; do setsid ${sleeper} & ${sleeper} & done` });
  const abort = new AbortController();
  const ending = runToEnd(request, 0, abort.signal);
  await contentOf(join(request.folder, 'pid'));
  abort.abort();
  const { outcome, evidence } = lastOf(await ending);
  expect([outcome, evidence.survivors]).toEqual(['cancelled', undefined]);
  expect(await commandsMatching(sleeper)).toEqual([]);
});

describe('what cannot be ended', () => {
  const root = { pid: 11, started: '5', mark: 'TUTTI_RUN=x', pipes: [] };
  const entry = { pid: 11, parent: 1, group: 11, session: 11, started: '5' };

  test('is reported, after SIGTERM and SIGKILL', async () => {
    const sent: string[] = [];
    const undead: ProcessTable = {
      started: () => '5',
      members: () => Promise.resolve([entry]),
      descendants: () => Promise.resolve([[entry]]),
      signal: (pid, signal) => sent.push(`${signal} ${pid}`) > 0,
    };
    expect(await endTree(root, 10, undead, 50)).toEqual([11]);
    expect(sent.slice(0, 3)).toEqual(['SIGTERM 11', 'SIGKILL -11', 'SIGKILL 11']);
  });
});

describe.each([
  ['/proc', systemProcesses()],
  ['ps', psProcesses()],
])('the process table of %s', (name, table) => {
  test('finds children, grandchildren and the rest of the group, and nobody else', async () => {
    const folder = await temporaryFolder();
    const script = `(sh -c 'echo $$ >orphan; exec sleep 300' &); sh -c 'echo $$ >child; sleep 300; :' & wait`;
    const abort = new AbortController();
    const request = await requestFor({ run: script }, { folder });
    const events = createScriptRunner({ grace_ms: 100 }).run(request, abort.signal)[Symbol.asyncIterator]();
    const first = await events.next();
    const pid = startedPid(first.done === true ? [] : [first.value]);
    const expected = [pid, Number(await contentOf(join(folder, 'orphan'))), Number(await contentOf(join(folder, 'child')))];
    const members = await table.members({ pid, started: table.started(pid), mark: 'TUTTI_RUN=none', pipes: [] }, []);
    const pids = members.map((member) => member.pid);
    await events.return?.();
    expect(pids).toEqual(expect.arrayContaining(expected));
    expect(pids).not.toContain(process.pid);
    expect(pids.length).toBeLessThanOrEqual(expected.length + 1);
    expect(name).not.toBe('');
  });

  test('takes a later process under the same pid for a stranger', async () => {
    if (name === 'ps') return expect(table.started(process.pid)).toBeNull();
    const before = { pid: process.ppid, started: '1', mark: 'TUTTI_RUN=none', pipes: [] };
    return expect(await table.members(before, [])).toEqual([]);
  });
});

function stream(request: RunRequest): AsyncIterable<RunnerEvent> {
  return createScriptRunner({ grace_ms: 100 }).run(request, new AbortController().signal);
}

function startedPid(events: readonly RunnerEvent[]): number {
  const started = events.find((event) => event.kind === 'started');
  return started?.kind === 'started' ? (started.pid ?? 0) : 0;
}

function commandsMatching(text: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    execFile('ps', ['-A', '-o', 'stat=,args='], (error, stdout) => {
      if (error !== null) reject(error);
      else resolve(stdout.split('\n').filter((line) => !line.startsWith('Z') && line.includes(text)));
    });
  });
}
