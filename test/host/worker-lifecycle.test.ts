import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { resultOf, runGate, TestBed, told, until } from './test-bed.ts';

describe('B6: the life of a worker', { timeout: 180_000 }, () => {
  test('registers, takes work, runs it, reports progress, completes, is idle again, deregisters', async () => {
    const bed = await TestBed.make();
    const id = await bed.add('echo hello; echo "::progress 0.5 half way"; echo done >&2');
    const worker = bed.worker('w-1', { specialties: ['node'], host: 'host-a' });
    const task = await bed.untilTask(id, 'completed');
    const { sessions } = await bed.client.call('session.list', {});
    expect(sessions).toMatchObject([
      { id: 'w-1', capabilities: ['build'], specialties: ['node'], runner: 'script', host: 'host-a', max_concurrent_tasks: 1 },
    ]);
    expect(resultOf(task)).toMatchObject({ outcome: 'completed', exit_code: 0, signal: null, branch: null, commit: null });
    expect(resultOf(task).tail).toContain('hello');
    expect(await readFile(resultOf(task).log_file ?? '', 'utf8')).toContain('hello');
    await until(() => told(worker, 'completed').length > 0);
    await until(async () => (await bed.client.call('session.show', { session_id: 'w-1' })).session.status === 'idle');
    const exit = await worker.stop();
    expect(exit).toEqual({ end: 'stopped', session_id: 'w-1', completed: 1, failed: 0, released: [], undelivered: 0, failure: null });
    const kinds = worker.events.map((event) => event.kind).filter((kind) => kind !== 'output' && kind !== 'connection');
    expect(kinds).toEqual(['registered', 'assigned', 'started', 'progress', 'finished', 'completed', 'deregistered']);
    const log = (await bed.client.call('event.list', { since: 0 })).events.map((event) => event.type);
    expect(log).toEqual([
      'config_applied',
      'task_added',
      'session_registered',
      'task_assigned',
      'task_started',
      'task_progressed',
      'task_completed',
      'session_deregistered',
    ]);
  });

  test('takes what is added while it waits, one after the other', async () => {
    const bed = await TestBed.make();
    const worker = bed.worker('w-1');
    await until(() => told(worker, 'registered').length > 0);
    const ids = [await bed.add('echo one'), await bed.add('echo two'), await bed.add('echo three')];
    for (const id of ids) expect(resultOf(await bed.untilTask(id, 'completed')).exit_code).toBe(0);
    await worker.stop();
    expect(told(worker, 'completed').map((event) => event.task_id)).toEqual(ids);
  });

  test('a command that fails has failed, with its evidence, and the worker goes on', async () => {
    const bed = await TestBed.make();
    const bad = await bed.add('echo broken >&2; exit 3');
    const missing = await bed.add(['no-such-command-here']);
    const empty = await bed.add(undefined);
    const good = await bed.add('true');
    const worker = bed.worker('w-1');
    await bed.untilTask(good, 'completed');
    expect(resultOf(await bed.task(bad))).toMatchObject({ outcome: 'failed', exit_code: 3, error: { code: 'script_failed' } });
    expect(resultOf(await bed.task(bad)).tail).toContain('broken');
    expect(resultOf(await bed.task(missing))).toMatchObject({ outcome: 'failed', error: { code: 'script_not_started' } });
    expect(resultOf(await bed.task(empty))).toMatchObject({ outcome: 'failed', error: { code: 'script_missing' } });
    expect((await worker.stop()).failed).toBe(3);
  });

  test('a command that takes too long is ended with its children', async () => {
    const bed = await TestBed.make();
    const id = await bed.add('sleep 600 & sleep 600');
    bed.worker('w-1', { timeout_ms: 300 });
    const task = await bed.untilTask(id, 'failed');
    expect(resultOf(task)).toMatchObject({ outcome: 'timed_out', error: { code: 'timed_out' } });
  });

  test('the task knows who it is and sees no token', async () => {
    const bed = await TestBed.make();
    const id = await bed.add('env');
    bed.worker('w-1', { environment: { ...process.env, TUTTI_TOKEN: bed.token, SOME_API_KEY: 'key' } });
    const task = await bed.untilTask(id, 'completed');
    const { tail } = resultOf(task);
    expect(tail).toContain(`TUTTI_SERVER=${bed.url}`);
    expect(tail).toContain(`TUTTI_TASK=${id}`);
    expect(tail).toMatch(/TUTTI_LEASE=\d+/);
    expect(tail).toContain('TUTTI_SESSION=w-1');
    expect(tail).not.toContain(bed.token);
    expect(tail).not.toContain('SOME_API_KEY');
  });

  test('a task finds the ports that it was given in its environment, and no two tasks the same', async () => {
    const bed = await TestBed.make();
    await bed.client.call('resource.set', { resource: 'web-db', ports: { from: 8100, to: 8102 } });
    await bed.client.call('resource.set', { resource: 'gpu', capacity: 2 });
    const run = 'echo "mine: $TUTTI_PORTS_WEB_DB, of gpu: ${TUTTI_PORTS_GPU-none}"';
    const ids = [await bed.add(run, { resources: { 'web-db': 2, gpu: 1 } }), await bed.add(run, { resources: { 'web-db': 1 } })];
    await bed.client.call('session.register', { session_id: 'other', capabilities: ['build'], wants_work: false });
    await bed.client.call('work.claim', { session_id: 'other', task_id: ids[1] ?? '' });
    const held = (await bed.task(ids[1] ?? '')).ports['web-db'];
    bed.worker('w-1');
    const { tail } = resultOf(await bed.untilTask(ids[0] ?? '', 'completed'));
    expect([held, tail.trim()]).toEqual([[8100], 'mine: 8101 8102, of gpu: none']);
  });

  test('does only what it can: the capability is respected', async () => {
    const bed = await TestBed.make();
    const research = await bed.add('true', { required_capability: 'research' });
    const build = await bed.add('true', { required_capability: 'build' });
    const worker = bed.worker('w-1');
    await bed.untilTask(build, 'completed');
    expect((await bed.task(research)).status).toBe('pending');
    bed.worker('w-2', { capabilities: ['research'] });
    expect((await bed.untilTask(research, 'completed')).assigned_to).toBe('w-2');
    expect(told(worker, 'assigned').map((event) => event.task_id)).toEqual([build]);
  });

  test('two workers share a queue, each task exactly once', async () => {
    const bed = await TestBed.make();
    const ids: string[] = [];
    const gate = await runGate();
    for (let count = 0; count < 20; count += 1) ids.push(await bed.add(`echo "$TUTTI_TASK"; ${gate.wait}`));
    const workers = [bed.worker('w-1', { slots: 2 }), bed.worker('w-2', { slots: 2 })];
    // Neither is done with all of them before the other has begun.
    for (const worker of workers) await until(() => told(worker, 'started').length > 0);
    await gate.open();
    for (const id of ids) await bed.untilTask(id, 'completed');
    const completed = (await bed.log('task_completed')).map((event) => String(event.data['task_id']));
    expect(completed.toSorted()).toEqual(ids.toSorted());
    expect((await bed.log('task_assigned')).length).toBe(ids.length);
    const ran = workers.flatMap((worker) => told(worker, 'started').map((event) => event.task_id));
    expect(ran.toSorted()).toEqual(ids.toSorted());
    for (const worker of workers) expect((await worker.stop()).completed).toBeGreaterThan(0);
  });

  test('runs as many tasks at once as it has slots, and never more', async () => {
    const bed = await TestBed.make();
    const gate = await runGate();
    for (let count = 0; count < 9; count += 1) await bed.add(gate.wait);
    const worker = bed.worker('w-1', { slots: 3 });
    await until(() => told(worker, 'started').length === 3);
    await gate.open();
    await until(() => told(worker, 'completed').length === 9);
    let running = 0;
    let most = 0;
    for (const event of worker.events) {
      if (event.kind === 'started') running += 1;
      if (event.kind === 'finished') running -= 1;
      most = Math.max(most, running);
    }
    expect(most).toBe(3);
  });

  test('names itself by host and number, and two without a name are two', async () => {
    const bed = await TestBed.make();
    const first = bed.worker('', { session_id: undefined as unknown as string, host: 'my host' });
    await until(() => told(first, 'registered').length > 0);
    const second = bed.worker('', { session_id: undefined as unknown as string, host: 'my host' });
    await until(() => told(second, 'registered').length > 0);
    expect(told(first, 'registered')[0]?.session_id).toBe('my-host-1');
    expect(told(second, 'registered')[0]?.session_id).toBe('my-host-2');
  });

  test('a session id that is run here already, and one that is none, are refused', async () => {
    const bed = await TestBed.make();
    const first = bed.worker('w-1');
    await until(() => told(first, 'registered').length > 0);
    await expect(bed.worker('w-1').exit).rejects.toMatchObject({ code: 'worker_running' });
    await expect(bed.worker('../w').exit).rejects.toMatchObject({ code: 'invalid_input' });
  });

  test('a token that the server does not know ends the worker with the reason', async () => {
    const bed = await TestBed.make();
    const exit = await bed.worker('w-1', { token: 'nonsense' }).exit;
    expect(exit).toMatchObject({ end: 'refused', failure: { code: 'unauthenticated' } });
  });
});
