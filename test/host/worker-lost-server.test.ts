import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { invoke } from '../../src/server/invoke.ts';
import { resultOf, runGate, TestBed, told, until } from './test-bed.ts';
import { startProcess } from './worker-child.ts';

describe('a lost server', { timeout: 180_000 }, () => {
  test('that is not there at the start is waited for', async () => {
    const bed = await TestBed.make({}, false);
    const worker = bed.worker('w-1');
    await until(() => told(worker, 'lost_server').length > 0);
    expect(told(worker, 'registered')).toEqual([]);
    await bed.startServer();
    await until(() => told(worker, 'registered').length > 0);
    const id = await bed.add('echo found');
    await bed.untilTask(id, 'completed');
    expect(told(worker, 'lost_server').length).toBe(1);
    expect(told(worker, 'back').length).toBe(1);
  });

  test('that goes away mid-run gets the result once, under the same lease, when it is back', async () => {
    const bed = await TestBed.make();
    const gate = await runGate();
    const id = await bed.add(`echo begun; ${gate.wait}; echo ended`);
    const worker = bed.worker('w-1');
    await until(() => told(worker, 'output').length > 0);
    await bed.stopServer();
    await gate.open();
    const finished = await until(() => told(worker, 'finished')[0]);
    expect(await readdir(join(bed.data, 'w-1', 'outbox'))).toHaveLength(1);
    await until(() => told(worker, 'lost_server').length > 0);
    expect(told(worker, 'completed')).toEqual([]);
    await bed.startServer();
    const task = await bed.untilTask(id, 'completed');
    expect(resultOf(task).tail).toContain('ended');
    await until(() => told(worker, 'completed').length > 0);
    expect((await bed.log('task_completed')).map((event) => event.data['lease'])).toEqual([finished.lease]);
    expect((await bed.log('task_assigned')).length).toBe(1);
    expect((await bed.log('session_registered')).length).toBe(1);
    expect(await readdir(join(bed.data, 'w-1', 'outbox'))).toEqual([]);
    expect(told(worker, 'back').length).toBe(1);
  });

  test('whose lease has ended meanwhile refuses the result, which is kept as evidence and named', async () => {
    const bed = await TestBed.make();
    const gate = await runGate();
    const id = await bed.add(`echo begun; ${gate.wait}; echo evidence`);
    const worker = bed.worker('w-1');
    await until(() => told(worker, 'output').length > 0);
    await bed.stopServer();
    await gate.open();
    await until(() => told(worker, 'finished').length > 0);
    const operator = { actor: 'test', credential: null };
    await bed.behindItsBack((engine) => invoke(engine, 'task.cancel', { task_id: id }, operator));
    await bed.startServer();
    const refused = await until(() => told(worker, 'undeliverable')[0]);
    expect(refused).toMatchObject({ task_id: id, code: 'task_cancelled' });
    expect(JSON.parse(await readFile(refused.file, 'utf8'))).toMatchObject({ task_id: id, refused: { code: 'task_cancelled' } });
    expect((await bed.task(id)).status).toBe('cancelled');
    const next = await bed.add('true');
    await bed.untilTask(next, 'completed');
  });

  test('a worker that was killed with a result on disk delivers it when it is started again, once', async () => {
    const bed = await TestBed.make();
    const gate = await runGate();
    const id = await bed.add(`echo begun; ${gate.wait}; echo kept`);
    const killed = startProcess(bed, 'w-1');
    await until(() => killed.lines.some((line) => line.kind === 'output'));
    await bed.stopServer();
    await gate.open();
    const finished = await until(() => killed.lines.find((line) => line.kind === 'finished'));
    killed.kill('SIGKILL');
    await killed.exited;
    await bed.startServer();
    const worker = bed.worker('w-1');
    const task = await bed.untilTask(id, 'completed');
    expect(resultOf(task).tail).toContain('kept');
    await until(() => told(worker, 'completed').length > 0);
    expect(told(worker, 'leftover')).toMatchObject([{ task_id: id, lease: finished['lease'], session_id: 'w-1' }]);
    expect((await bed.log('task_completed')).map((event) => event.data['lease'])).toEqual([finished['lease']]);
    expect(await readdir(join(bed.data, 'w-1', 'outbox'))).toEqual([]);
  });

  test('a result whose lease ended before its worker was started again is kept, reported and never delivered', async () => {
    const bed = await TestBed.make();
    const gate = await runGate();
    const id = await bed.add(`echo begun; ${gate.wait}`);
    const killed = startProcess(bed, 'w-1');
    await until(() => killed.lines.some((line) => line.kind === 'output'));
    await bed.stopServer();
    await gate.open();
    await until(() => killed.lines.some((line) => line.kind === 'finished'));
    killed.kill('SIGKILL');
    await killed.exited;
    await bed.startServer();
    // Somebody registers the session elsewhere: a new incarnation, whose registration ends the lease.
    await bed.client.call('session.register', { session_id: 'w-1', capabilities: [], wants_work: false });
    const worker = bed.worker('w-1');
    const refused = await until(() => told(worker, 'undeliverable')[0]);
    expect(refused).toMatchObject({ task_id: id, code: 'lease_stale' });
    expect(JSON.parse(await readFile(refused.file, 'utf8'))).toMatchObject({ task_id: id, result: { outcome: 'completed' } });
    expect((await bed.untilTask(id, 'completed')).attempt).toBe(2);
    expect((await bed.log('task_completed')).length).toBe(1);
  });

  test('a worker that is stopped while the server is gone keeps the result for the next one', async () => {
    const bed = await TestBed.make();
    const gate = await runGate();
    const id = await bed.add(`echo begun; ${gate.wait}`);
    const first = bed.worker('w-1');
    await until(() => told(first, 'output').length > 0);
    await bed.stopServer();
    await gate.open();
    await until(() => told(first, 'finished').length > 0);
    expect(await first.stop()).toMatchObject({ end: 'stopped', undelivered: 1 });
    expect(told(first, 'undelivered')).toMatchObject([{ task_id: id }]);
    await bed.startServer();
    const second = bed.worker('w-2');
    await bed.untilTask(id, 'completed');
    await until(() => told(second, 'completed').length > 0);
    expect(told(second, 'leftover')).toMatchObject([{ task_id: id, session_id: 'w-1' }]);
    expect((await bed.task(id)).assigned_to).toBe('w-1');
  });

  test('that forgot the session gets a new registration; what ran under the old one is stopped', async () => {
    const bed = await TestBed.make({ heartbeat_interval: 0.6 });
    await bed.add('echo begun; sleep 600');
    const worker = bed.worker('w-1');
    await until(() => told(worker, 'output').length > 0);
    await bed.stopServer();
    bed.forget();
    await bed.startServer();
    await until(() => told(worker, 'registered').length === 2);
    await until(() => told(worker, 'revoked').length === 1);
    const next = await bed.add('echo again');
    expect((await bed.untilTask(next, 'completed')).assigned_to).toBe('w-1');
  });
});
