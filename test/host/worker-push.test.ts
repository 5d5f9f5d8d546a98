import { describe, expect, test } from 'vitest';
import { fetchTransport } from '../../src/client/fetch-transport.ts';
import type { Transport, TransportSocket } from '../../src/client/transport.ts';
import { httpOnly, resultOf, runGate, TestBed, told, until } from './test-bed.ts';

/** The platform's network, which says over which way each operation went, and whose sockets a test can cut. */
function watchedTransport(): { transport: Transport; requests: string[]; frames: string[]; cut: () => void } {
  const requests: string[] = [];
  const frames: string[] = [];
  const sockets = new Set<TransportSocket>();
  const transport: Transport = {
    request: (request) => {
      requests.push(new URL(request.url).pathname);
      return fetchTransport.request(request);
    },
    connect: (url, protocols, listener) => {
      const socket = fetchTransport.connect(url, protocols, listener);
      sockets.add(socket);
      const send = (text: string): void => {
        frames.push(text);
        socket.send(text);
      };
      return { ...socket, bufferedAmount: 0, send, close: (code, reason) => socket.close(code, reason) };
    },
  };
  const cut = (): void => {
    for (const socket of sockets) socket.close(4000, 'cut by the test');
    sockets.clear();
  };
  return { transport, requests, frames, cut };
}

describe('work that is pushed', { timeout: 180_000 }, () => {
  test('comes over the WebSocket, without a poll', async () => {
    const bed = await TestBed.make();
    const { transport, requests, frames } = watchedTransport();
    const worker = bed.worker('w-1', { transport });
    await until(() => told(worker, 'connection').some((event) => event.way === 'websocket'));
    await until(() => frames.some((frame) => frame.includes('"type":"work"')));
    const polls = (): number => requests.filter((path) => path === '/work/request').length;
    // A poll that began before the connection was there may still wait; it is answered by the first task.
    await bed.untilTask(await bed.add('true'), 'completed');
    const before = polls();
    for (let count = 0; count < 3; count += 1) await bed.untilTask(await bed.add('true'), 'completed');
    expect(polls()).toBe(before);
    expect(frames.some((frame) => frame.includes('work.complete'))).toBe(true);
    expect((await worker.stop()).completed).toBe(4);
  });

  test('falls back to long polls where no WebSocket comes through', async () => {
    const bed = await TestBed.make();
    const worker = bed.worker('w-1', { transport: httpOnly });
    await until(() => told(worker, 'registered').length > 0);
    for (let count = 0; count < 3; count += 1) await bed.untilTask(await bed.add('true'), 'completed');
    expect(told(worker, 'connection').map((event) => event.way)).toEqual(['long_poll']);
    expect((await worker.stop()).completed).toBe(3);
  });

  test('goes on after the connection was cut, and no lease is run twice', async () => {
    const bed = await TestBed.make();
    const { transport, cut } = watchedTransport();
    const ids = [];
    for (let count = 0; count < 12; count += 1) ids.push(await bed.add('sleep 0.1'));
    const worker = bed.worker('w-1', { slots: 3, transport });
    for (const [index, id] of ids.entries()) {
      await bed.untilTask(id, 'completed');
      if (index % 3 === 1) cut();
    }
    expect(told(worker, 'assigned').length).toBe(12);
    expect(told(worker, 'started').length).toBe(12);
    expect((await bed.log('task_completed')).length).toBe(12);
  });

  test('a cancelled task is stopped at once, long before the next heartbeat', async () => {
    const bed = await TestBed.make();
    const { transport, requests, frames } = watchedTransport();
    const beats = (): number => [...requests, ...frames].filter((each) => /session.heartbeat/.test(each)).length;
    const worker = bed.worker('w-1', { heartbeat_ms: 60_000, transport });
    await until(() => told(worker, 'connection').some((event) => event.way === 'websocket'));
    const id = await bed.add('echo begun; sleep 600');
    await until(() => told(worker, 'output').length > 0);
    const before = beats();
    await bed.client.call('task.cancel', { task_id: id });
    expect(await until(() => told(worker, 'revoked')[0])).toMatchObject({ task_id: id, reason: 'the task is cancelled' });
    expect(beats()).toBe(before);
  });

  test('a shorter heartbeat interval is kept from the moment it is applied', async () => {
    const bed = await TestBed.make();
    const worker = bed.worker('w-1');
    await until(() => told(worker, 'connection').some((event) => event.way === 'websocket'));
    const gate = await runGate();
    const id = await bed.add(`echo begun; ${gate.wait}`);
    await until(() => told(worker, 'output').length > 0);
    await bed.client.call('config.apply', { settings: { heartbeat_interval: 0.6, offline_after: 30, health_interval: 0.1 } });
    // Only a heartbeat moves it; by the interval that held when the worker began, so many would take longer than this test may.
    const heard = async () => (await bed.client.call('session.show', { session_id: 'w-1' })).session.last_heartbeat;
    for (let beats = 0; beats < 6; beats += 1) {
      const before = await heard();
      await until(async () => (await heard()) !== before);
    }
    await gate.open();
    expect(resultOf(await bed.untilTask(id, 'completed')).exit_code).toBe(0);
    expect(await bed.log('session_offline')).toEqual([]);
    expect((await bed.task(id)).attempt).toBe(1);
  });
});
