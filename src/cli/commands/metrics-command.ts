/**
 * tutti metrics: the global metrics, as a table, JSON, CSV or the text that Prometheus reads.
 */
import type { MetricsSampleView, MetricsView } from '../../contract/views/metrics-view.ts';
import { operationCommand } from '../operation-command.ts';
import { type Canvas, type Column, fields, table } from '../output/table.ts';
import { asCount } from '../read-values.ts';
import { amount, clockTime, duration, percent } from '../output/words.ts';

/** tutti metrics */
export const metricsCommand = operationCommand({
  path: 'metrics',
  summary: 'The global metrics: sessions, tasks, utilisation, throughput, resources.',
  doing: 'show the metrics',
  operation: 'metrics.show',
  options: [
    { flags: '--csv', description: 'Two lines of CSV: names and values.', common: true },
    {
      flags: '--history <n>',
      description: 'Also the newest n samples, one per metrics_interval (at most 240).',
      read: asCount,
      common: true,
    },
  ],
  examples: [
    { run: 'tutti metrics', says: 'All of them' },
    { run: 'tutti metrics --csv', says: 'For a spreadsheet' },
    { run: 'tutti metrics --history 20', says: 'With the last ten minutes' },
  ],
  input: ({ history }) => (history === undefined ? {} : { history }),
  print: ({ output, values }, { terminal }) => {
    if (values['csv'] === true) terminal.print(...csvOf(output));
    else terminal.print(...fields(rowsOf(output), terminal), ...historyOf(output, terminal));
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

const HISTORY: readonly Column<MetricsSampleView>[] = [
  { title: 'time', cell: ({ time }) => clockTime(time) },
  { title: 'busy', right: true, cell: ({ busy_sessions, active_sessions }) => `${busy_sessions} of ${active_sessions}` },
  { title: 'pending', right: true, cell: ({ tasks_pending }) => amount(tasks_pending) },
  { title: 'running', right: true, cell: ({ tasks_in_progress }) => amount(tasks_in_progress) },
  { title: 'completed', right: true, cell: ({ tasks_completed }) => amount(tasks_completed) },
  { title: 'failed', right: true, cell: ({ tasks_failed }) => amount(tasks_failed), drop: 2 },
  { title: 'utilisation', right: true, cell: ({ avg_session_utilization }) => percent(avg_session_utilization), drop: 1 },
  { title: 'per hour', right: true, cell: ({ throughput }) => amount(throughput), drop: 3 },
];

function historyOf({ history }: MetricsView, canvas: Canvas): string[] {
  return history.length === 0 ? [] : ['', ...table(history, HISTORY, canvas)];
}

/** Names and values; resources are columns of their own. */
function csvOf({ resources, history: _history, ...metrics }: MetricsView): string[] {
  const columns: [string, string | number | null][] = Object.entries(metrics);
  for (const { resource, capacity, in_use } of resources) {
    columns.push([`resource_${resource}_capacity`, capacity], [`resource_${resource}_in_use`, in_use]);
  }
  return [columns.map(([name]) => name).join(','), columns.map(([, value]) => String(value ?? '')).join(',')];
}
