/**
 * GET /metrics: the metrics of every swarm in the text format of Prometheus. A token of any role is asked for, as for
 * every query.
 */
import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import type { MetricsView } from '../contract/views/metrics-view.ts';
import { callOperation } from './call-operation.ts';
import { admitted, entryOf } from './operation-routes.ts';
import { sendFailure, sendText } from './send-reply.ts';
import type { ServerContext } from './server-context.ts';

/** What is counted once per swarm: name, meaning, field. Ever-growing ones end in _total. */
const METRICS: readonly (readonly [name: string, help: string, read: (metrics: MetricsView) => number | null])[] = [
  ['tutti_utilization_ratio', 'Busy time of the sessions over their active time in the last hour.', (each) => each.avg_session_utilization],
  ['tutti_throughput_tasks_per_hour', 'Tasks completed in the last hour.', (each) => each.throughput],
  ['tutti_task_duration_minutes_mean', 'Mean duration of all completed tasks.', (each) => each.avg_task_time],
  ['tutti_tasks_ready', 'Tasks that could start now.', (each) => each.tasks_ready],
  ['tutti_slots', 'Tasks that the sessions could work on at the same time.', (each) => each.slots],
  ['tutti_slots_in_use', 'Tasks that sessions hold.', (each) => each.slots_in_use],
  ['tutti_tasks_added_total', 'Tasks ever added.', (each) => each.tasks_total],
  ['tutti_tasks_completed_total', 'Tasks ever completed.', (each) => each.tasks_completed],
  ['tutti_tasks_failed_total', 'Tasks that have failed.', (each) => each.tasks_failed],
  ['tutti_events_total', 'Events of the log.', (each) => each.seq],
];

/** Adds it. */
export function addMetricsRoute(app: FastifyInstance, context: ServerContext): void {
  const enter = entryOf(context, { changes: false, limit: 0, check: () => undefined });
  app.route({
    method: 'GET',
    url: '/metrics',
    onRequest: enter,
    handler: (request, reply) => {
      metricsOf(context, admitted(request)).then(
        ({ type, text }) => sendText(context, reply, type, text),
        (error: unknown) => sendFailure(context, reply, error),
      );
    },
  });
}

async function metricsOf(context: ServerContext, principal: ReturnType<typeof admitted>): Promise<{ type: string; text: string }> {
  const swarms = principal.swarm === null ? context.swarms.names : [principal.swarm];
  const answers = swarms.map(
    (swarm) =>
      new Promise<unknown>((resolve, reject) => {
        callOperation(context, { swarm, operation: 'metrics.show', input: {}, principal }, { resolve, reject });
      }),
  );
  const registry = await registryOf((await Promise.all(answers)) as MetricsView[]);
  return { type: registry.contentType, text: await registry.metrics() };
}

/** The library is loaded by whoever asks first, so that a server is ready sooner. */
async function registryOf(swarms: readonly MetricsView[]): Promise<Registry> {
  const { Counter, Gauge, Registry } = await import('prom-client');
  const registry = new Registry();
  const registers = [registry];
  const sessions = new Gauge({ name: 'tutti_sessions', help: 'Sessions by status.', labelNames: ['swarm', 'status'], registers });
  const tasks = new Gauge({ name: 'tutti_tasks', help: 'Unfinished tasks by status.', labelNames: ['swarm', 'status'], registers });
  const labels = ['swarm', 'resource'];
  const capacity = new Gauge({ name: 'tutti_resource_capacity', help: 'Capacity of a resource.', labelNames: labels, registers });
  const inUse = new Gauge({ name: 'tutti_resource_in_use', help: 'Amount of a resource that leases hold.', labelNames: labels, registers });
  for (const each of swarms) {
    const { swarm } = each;
    for (const status of ['idle', 'busy', 'offline'] as const) sessions.set({ swarm, status }, each[`${status}_sessions`]);
    for (const status of ['pending', 'assigned', 'in_progress'] as const) tasks.set({ swarm, status }, each[`tasks_${status}`]);
    for (const { resource, ...amounts } of each.resources) {
      capacity.set({ swarm, resource }, amounts.capacity);
      inUse.set({ swarm, resource }, amounts.in_use);
    }
  }
  for (const [name, help, read] of METRICS) {
    const options = { name, help, labelNames: ['swarm'], registers };
    const metric = name.endsWith('_total') ? new Counter(options) : new Gauge(options);
    for (const each of swarms) {
      const value = read(each);
      if (value !== null) metric.inc({ swarm: each.swarm }, value);
    }
  }
  return registry;
}
