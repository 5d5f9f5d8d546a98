/**
 * tutti metrics: the global metrics, as a table, JSON, CSV or the text that Prometheus reads.
 */
import type { MetricsView } from '../../contract/views/metrics-view.ts';
import { operationCommand } from '../operation-command.ts';
import { fields } from '../output/table.ts';
import { amount, duration, percent } from '../output/words.ts';

/** tutti metrics */
export const metricsCommand = operationCommand({
  path: 'metrics',
  summary: 'The global metrics: sessions, tasks, utilisation, throughput, resources.',
  doing: 'show the metrics',
  operation: 'metrics.show',
  options: [{ flags: '--csv', description: 'Two lines of CSV: names and values.', common: true }],
  examples: [
    { run: 'tutti metrics', says: 'All of them' },
    { run: 'tutti metrics --csv', says: 'For a spreadsheet' },
    { run: 'tutti metrics --json | jq .avg_session_utilization', says: 'One of them, for a script' },
  ],
  input: () => ({}),
  print: ({ output, values }, { terminal }) => {
    if (values['csv'] === true) terminal.print(...csvOf(output));
    else terminal.print(...fields(rowsOf(output), terminal));
  },
});

function rowsOf(metrics: MetricsView): (readonly [string, string | null])[] {
  const { total_sessions, idle_sessions, busy_sessions, offline_sessions } = metrics;
  return [
    ['sessions', `${amount(total_sessions)} · ${busy_sessions} busy · ${idle_sessions} idle · ${offline_sessions} offline`],
    ['slots', `${amount(metrics.slots_in_use)} of ${amount(metrics.slots)} in use`],
    [
      'tasks',
      `${amount(metrics.tasks_pending)} pending, of these ${amount(metrics.tasks_ready)} ready · ${metrics.tasks_in_progress} in progress`,
    ],
    [
      'ended',
      `${amount(metrics.tasks_completed)} completed · ${amount(metrics.tasks_failed)} failed · ${amount(metrics.tasks_cancelled)} cancelled`,
    ],
    ['utilisation', `${percent(metrics.avg_session_utilization)} over the last hour`],
    ['throughput', `${amount(metrics.throughput)} tasks in the last hour`],
    ['task time', metrics.avg_task_time === null ? null : `${duration(metrics.avg_task_time * 60)} on average`],
    ...metrics.resources.map(
      ({ resource, capacity, in_use, waiting }) => [resource, `${in_use} of ${capacity} in use · ${waiting} waiting`] as const,
    ),
  ];
}

/** Names and values; resources are columns of their own. */
function csvOf({ resources, ...metrics }: MetricsView): string[] {
  const columns: [string, string | number | null][] = Object.entries(metrics);
  for (const { resource, capacity, in_use } of resources) {
    columns.push([`resource_${resource}_capacity`, capacity], [`resource_${resource}_in_use`, in_use]);
  }
  return [columns.map(([name]) => name).join(','), columns.map(([, value]) => String(value ?? '')).join(',')];
}
