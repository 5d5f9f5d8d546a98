/**
 * Row A18 over HTTP, and /metrics for Prometheus (E12), which says the same.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';
import { callsTo } from './operation-calls.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const { add, ask, claim, complete, register } = callsTo(() => server);

test('A18, E12: the global metrics count sessions, tasks, time and resources; Prometheus reads the same numbers', async () => {
  await ask('resource.set', '/resource/set', { body: { resource: 'gpu', capacity: 4 } });
  for (const id of ['m1', 'm2', 'm3']) await register(id, { max_concurrent_tasks: 2 });
  const { task_id: done } = await add({});
  await claim('m1', done);
  await complete({ session_id: 'm1', task_id: done, status: 'completed', duration_minutes: 3 });
  const { task_id: running } = await add({ resources: { gpu: 3 } });
  await claim('m2', running);
  await add({});
  const metrics = await ask('metrics.show', '/api/metrics');
  expect(metrics).toMatchObject({
    total_sessions: 3,
    active_sessions: 3,
    idle_sessions: 2,
    busy_sessions: 1,
    offline_sessions: 0,
    tasks_pending: 1,
    tasks_in_progress: 1,
    tasks_completed: 1,
    avg_task_time: 3,
    throughput: 1,
    slots: 6,
    slots_in_use: 1,
    resources: [{ resource: 'gpu', capacity: 4, in_use: 3, waiting: 0 }],
  });
  expect(metrics.avg_session_utilization).toBeGreaterThanOrEqual(0);
  const response = await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${server.tokenOf('viewer')}` } });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const text = await response.text();
  expect((await fetch(`${server.url}/metrics`)).status).toBe(401);
  for (const line of [
    'tutti_sessions{swarm="test",status="busy"} 1',
    'tutti_tasks{swarm="test",status="in_progress"} 1',
    'tutti_tasks_completed_total{swarm="test"} 1',
    'tutti_task_duration_minutes_mean{swarm="test"} 3',
    'tutti_resource_in_use{swarm="test",resource="gpu"} 3',
    '# TYPE tutti_tasks_completed_total counter',
  ]) {
    expect(text).toContain(line.replaceAll('"test"', `"${metrics.swarm}"`));
  }
});
