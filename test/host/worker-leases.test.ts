import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isAlive } from '../runners/script-fixture.ts';
import { httpOnly, resultOf, runGate, TestBed, type TestWorker, told, until } from './test-bed.ts';
import { startProcess } from './worker-child.ts';

/** Settings under which nobody is silent for too long, however busy the machine is; a test makes a silence count by `silent`. */
const PATIENT = { heartbeat_interval: 0.6, offline_after: 100_000, health_interval: 0.2, assignment_interval: 0.2, stall_after: 100_000 };

/** Makes the silence of a worker that can say nothing more count, and waits until it is offline. */
async function silent(bed: TestBed): Promise<void> {
  await bed.client.call('config.apply', { settings: { offline_after: 2 } });
  await until(async () => (await bed.log('session_offline')).length > 0);
  await bed.client.call('config.apply', { settings: { offline_after: PATIENT.offline_after } });
}

/** A script that writes its pid and that of its child, then goes on for a minute. */
const LONG = 'sleep 600 & echo "pids $$ $!"; wait';

async function pidsOf(worker: TestWorker): Promise<number[]> {
  const output = await until(() => told(worker, 'output').find((event) => event.text.includes('pids')));
  return output.text.trim().split(' ').slice(1).map(Number);
}

async function untilGone(pids: readonly number[]): Promise<void> {
  for (const pid of pids) await until(async () => !(await isAlive(pid)));
}

describe('leases: a worker works only as long as it holds them', { timeout: 180_000 }, () => {
  test('a task that is cancelled while it runs loses its process tree at once', async () => {
    const bed = await TestBed.make({ heartbeat_interval: 0.6 });
    const id = await bed.add(LONG);
    const worker = bed.worker('w-1');
    const pids = await pidsOf(worker);
    await bed.client.call('task.cancel', { task_id: id });
    await until(() => told(worker, 'revoked').length > 0);
    await untilGone(pids);
    expect(told(worker, 'revoked')[0]?.reason).toContain('cancelled');
    const next = await bed.add('echo next');
    expect(resultOf(await bed.untilTask(next, 'completed')).exit_code).toBe(0);
    expect((await bed.task(id)).status).toBe('cancelled');
    expect((await bed.log('task_completed')).length).toBe(1);
  });

  test('the same without a WebSocket: the heartbeat tells, and the result that comes late is refused with its own code', async () => {
    const bed = await TestBed.make({ heartbeat_interval: 0.3 });
    const id = await bed.add(LONG);
    const worker = bed.worker('w-1', { transport: httpOnly });
    const pids = await pidsOf(worker);
    const { lease } = await bed.task(id);
    await bed.client.call('task.cancel', { task_id: id, reason: 'wrong branch' });
    await untilGone(pids);
    await until(() => told(worker, 'revoked').length > 0);
    const late = { session_id: 'w-1', task_id: id, status: 'completed' as const, ...(lease === null ? {} : { lease }) };
    await expect(bed.client.call('work.complete', late)).rejects.toMatchObject({
      code: 'task_cancelled',
      params: { reason: 'wrong branch' },
    });
  });

  test('R22, B7: a task adds a part and waits for it: one worker with one slot runs the part, then the task again', async () => {
    const bed = await TestBed.make({ heartbeat_interval: 0.3 });
    const id = await bed.add('test "$TUTTI_ATTEMPT" = 2 || { echo "pids $$ $$"; sleep 600; }');
    const worker = bed.worker('w-1');
    const pids = await pidsOf(worker);
    const part = await bed.add('echo part', { parent: id });
    const { lease } = await bed.task(id);
    await bed.client.call('work.suspend', { session_id: 'w-1', task_id: id, wait_for: [part], ...(lease === null ? {} : { lease }) });
    await untilGone(pids);
    expect((await bed.untilTask(id, 'completed')).attempt).toBe(2);
    expect((await bed.task(part)).status).toBe('completed');
    const order = (await bed.log('task_completed')).map(({ data }) => data['task_id']);
    expect(order).toEqual([part, id]);
  });

  test('a failed run tells why: its time was over, or its command is missing', async () => {
    const bed = await TestBed.make({ heartbeat_interval: 0.3 });
    bed.worker('w-1');
    const slow = await bed.add('sleep 600', { spec: { timeout_seconds: 0.3 }, max_attempts: 1 });
    expect(await bed.untilTask(slow, 'failed')).toMatchObject({ failure: 'timed_out' });
    const bad = await bed.add('', { spec: { base: 'main' }, max_attempts: 3 });
    expect(await bed.untilTask(bad, 'failed')).toMatchObject({ failure: 'invalid_spec', attempt: 1 });
  });

  test('a script that ignores SIGTERM is killed all the same', async () => {
    const bed = await TestBed.make({ heartbeat_interval: 0.6 });
    const id = await bed.add(`trap '' TERM; (trap '' TERM; sleep 600) & echo "pids $$ $!"; while :; do sleep 1; done`);
    const worker = bed.worker('w-1');
    const pids = await pidsOf(worker);
    await bed.client.call('task.cancel', { task_id: id });
    await untilGone(pids);
    await until(() => told(worker, 'revoked').length > 0);
    expect(told(worker, 'revoked')[0]?.task_id).toBe(id);
  });

  test('R1: a worker that was paused past its lease stops its run and completes nothing', async () => {
    const bed = await TestBed.make(PATIENT);
    const paused = startProcess(bed, 'w-paused');
    await until(() => paused.lines.some((line) => line.kind === 'registered'));
    const id = await bed.add('echo "attempt $TUTTI_ATTEMPT"; test "$TUTTI_ATTEMPT" != 1 || sleep 600');
    await until(() => paused.lines.some((line) => line.kind === 'output'));
    paused.kill('SIGSTOP');
    await silent(bed);
    const other = bed.worker('w-other');
    expect((await bed.untilTask(id, 'completed')).assigned_to).toBe('w-other');
    paused.kill('SIGCONT');
    await until(() => paused.lines.some((line) => line.kind === 'revoked'));
    expect(paused.lines.some((line) => line.kind === 'completed')).toBe(false);
    expect((await bed.log('task_completed')).map((event) => event.data['session_id'])).toEqual(['w-other']);
    await other.stop();
  });

  test('kill -9 of a worker mid-task: the lease is fenced, the task goes to another, the late completion is refused', async () => {
    const bed = await TestBed.make(PATIENT);
    const killed = startProcess(bed, 'w-killed');
    await until(() => killed.lines.some((line) => line.kind === 'registered'));
    const id = await bed.add('echo "attempt $TUTTI_ATTEMPT pid $$"; test "$TUTTI_ATTEMPT" != 1 || sleep 600');
    const output = await until(() => killed.lines.find((line) => line.kind === 'output'));
    killed.kill('SIGKILL');
    await killed.exited;
    // Its run does not outlive it.
    await untilGone([Number(/pid (\d+)/.exec(String(output['text']))?.[1])]);
    await silent(bed);
    bed.worker('w-other');
    const task = await bed.untilTask(id, 'completed');
    expect(task).toMatchObject({ assigned_to: 'w-other', attempt: 2 });
    expect((await bed.log('task_released')).map((event) => event.data)).toMatchObject([
      { task_id: id, session_id: 'w-killed', reason: 'session_offline' },
    ]);
    const lease = Number(output['lease']);
    const late = bed.client.call('work.complete', { session_id: 'w-killed', task_id: id, status: 'completed', lease });
    await expect(late).rejects.toMatchObject({ code: 'lease_stale' });
    expect(resultOf(await bed.task(id)).tail).toContain('attempt 2');
    // The next worker on the same data folder clears up after it.
    await until(async () => (await readdir(join(bed.data, 'w-killed', 'runs'))).length === 0);
  });

  test('kill -9 of a worker: what left the group of its run is ended by the next worker on the data folder', async () => {
    const bed = await TestBed.make();
    await bed.add(`setsid sh -c 'echo "pids $0 $$"; exec sleep 600' $$ & wait`);
    const killed = startProcess(bed, 'w-killed');
    const output = await until(() => killed.lines.find((line) => line.kind === 'output'));
    const [script = 0, escaped = 0] = String(output['text']).trim().split(' ').slice(1).map(Number);
    killed.kill('SIGKILL');
    await killed.exited;
    await untilGone([script]);
    expect(await isAlive(escaped)).toBe(true);
    bed.worker('w-next');
    await untilGone([escaped]);
    expect(await isAlive(escaped)).toBe(false);
  });

  test('another process that registers the same session replaces the worker, which ends', async () => {
    const bed = await TestBed.make({ heartbeat_interval: 0.6 });
    const id = await bed.add(LONG);
    const first = bed.worker('w-1');
    const pids = await pidsOf(first);
    const second = bed.worker('w-1', { data_folder: join(bed.data, 'elsewhere') });
    expect(await first.exit).toMatchObject({ end: 'replaced', failure: { code: 'incarnation_stale' } });
    await untilGone(pids);
    expect(told(first, 'revoked').map((event) => event.task_id)).toEqual([id]);
    expect((await until(() => told(second, 'assigned')[0])).attempt).toBe(2);
  });

  test('a session that somebody deregistered registers again; what it ran is stopped and given to whoever is free', async () => {
    const bed = await TestBed.make({ heartbeat_interval: 0.6 });
    const id = await bed.add('echo "pids $$"; test "$TUTTI_ATTEMPT" != 1 || sleep 600');
    const worker = bed.worker('w-1');
    const pids = await pidsOf(worker);
    await bed.client.call('session.deregister', { session_id: 'w-1' });
    await untilGone(pids);
    expect((await bed.untilTask(id, 'completed')).attempt).toBe(2);
    expect(told(worker, 'registered').length).toBe(2);
    expect(told(worker, 'revoked').length).toBe(1);
  });

  test('SIGTERM gives running tasks back at once, and no process is left', async () => {
    const bed = await TestBed.make();
    const leaving = startProcess(bed, 'w-leaving');
    await until(() => leaving.lines.some((line) => line.kind === 'registered'));
    const id = await bed.add(LONG);
    const output = await until(() => leaving.lines.find((line) => line.kind === 'output'));
    leaving.kill('SIGTERM');
    expect(await leaving.exited).toEqual([0, null]);
    await untilGone(String(output['text']).trim().split(' ').slice(1).map(Number));
    expect((await bed.task(id)).status).toBe('pending');
    // A process may have ended before all that it said has been read.
    await until(() => leaving.lines.at(-1)?.kind === 'exit');
    expect(leaving.lines.at(-1)).toMatchObject({ kind: 'exit', end: 'stopped', released: [id], undelivered: 0 });
  });

  test('a worker that is asked to finish completes what it has and takes nothing more', async () => {
    const bed = await TestBed.make();
    const gate = await runGate();
    const running = await bed.add(`echo started; ${gate.wait}`);
    const worker = bed.worker('w-1', { on_stop: 'finish' });
    await until(() => told(worker, 'output').length > 0);
    const waiting = await bed.add('true');
    const stopped = worker.stop();
    await gate.open();
    expect(await stopped).toMatchObject({ end: 'stopped', completed: 1, released: [] });
    expect((await bed.task(running)).status).toBe('completed');
    expect((await bed.task(waiting)).status).toBe('pending');
  });

  test('silent work that lives answers the probe and is not taken back', async () => {
    const bed = await TestBed.make({ ...PATIENT, stall_after: 1, probe_grace: 60 });
    const gate = await runGate();
    const id = await bed.add(gate.wait);
    bed.worker('w-1');
    // Probed again: the first answer was taken for what it is.
    await until(async () => (await bed.log('task_probed')).length > 1);
    await gate.open();
    const task = await bed.untilTask(id, 'completed');
    expect(task.attempt).toBe(1);
    expect((await bed.log('task_progressed'))[0]?.data['details']).toMatchObject({ alive: true });
  });

  test('progress arrives at most once a second, and the newest wins', async () => {
    const bed = await TestBed.make();
    const gate = await runGate();
    const id = await bed.add(`for i in 1 2 3 4 5 6 7 8 9; do echo "::progress 0.$i step $i"; sleep 0.15; done; ${gate.wait}`);
    const began = performance.now();
    const worker = bed.worker('w-1');
    await until(async () => (await bed.log('task_progressed')).at(-1)?.data['details'] === 'step 9');
    await gate.open();
    await bed.untilTask(id, 'completed');
    const seconds = (performance.now() - began) / 1000;
    expect(told(worker, 'progress').length).toBe(9);
    const log = await bed.log('task_progressed');
    expect(log.length).toBeLessThanOrEqual(2 + Math.ceil(seconds));
    expect(log.length).toBeLessThanOrEqual(9);
    expect(log.at(-1)?.data).toMatchObject({ progress: 0.9, details: 'step 9' });
    expect(await readFile(resultOf(await bed.task(id)).log_file ?? '', 'utf8')).toContain('step 5');
  });
});
