/**
 * Metrics: how the work goes over time. Figures are made from the tasks in memory and from the swarm's status.
 */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense, useMemo } from 'react';
import { amount, percent } from '../../../src/cli/output/words.ts';
import type { StatusView } from '../../../src/contract/views/status-view.ts';
import { useOperation } from '../data/operation-query.ts';
import { useTaskBook } from '../data/task-book.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { Choice } from '../ui/fields.tsx';
import { Page, Section } from '../ui/page.tsx';
import { Answer, Skeleton } from '../ui/panels.tsx';
import { useNow } from '../ui/time-mode.ts';
import { ChartTable } from './chart-table.tsx';
import { ModelUsage } from './model-usage.tsx';
import { type ChartData, chartsOf, ENOUGH } from './series.ts';

const Chart = lazy(() => import('./chart.tsx').then((module) => ({ default: module.Chart })));
const SPANS = [
  ['1', 'The last hour'],
  ['6', 'The last 6 hours'],
  ['24', 'The last 24 hours'],
] as const;
const STEP_MS = 15_000;

/** The metrics. */
export function MetricsPage(): ReactNode {
  const { hours = 1 } = useSearch({ from: '/metrics' });
  const navigate = useNavigate({ from: '/metrics' });
  const status = useOperation('swarm.status', {});
  const book = useTaskBook();
  // The newest point moves every 15 s, not every second.
  const now = Math.floor(useNow() / STEP_MS) * STEP_MS + STEP_MS;
  const sessions = useOperation('session.list', { limit: 1000 });
  const roles = useMemo(() => new Map(sessions.data?.sessions.map(({ id, role }) => [id, role ?? 'no role'] as const)), [sessions.data]);
  const charts = useMemo(
    () => (book.data === undefined ? [] : chartsOf(book.data.values(), now, hours, roles)),
    [book.data, now, hours, roles],
  );
  return (
    <Page
      title="Metrics"
      actions={
        <Choice
          label="Span of time"
          quiet
          className="w-44"
          value={String(hours)}
          options={SPANS}
          onChange={(event) => void navigate({ search: { hours: Number(event.target.value) }, replace: true })}
        />
      }
    >
      <Answer query={status} what="the status" rows={2}>
        {(data) => <Figures status={data} />}
      </Answer>
      <Answer query={book} what="the tasks">
        {() => (
          <div className="grid min-w-0 gap-3 md:overflow-auto lg:grid-cols-2">
            {charts.map((chart) => (
              <ChartPanel key={chart.title} chart={chart} />
            ))}
            <ModelUsage />
          </div>
        )}
      </Answer>
    </Page>
  );
}

function ChartPanel({ chart }: { readonly chart: ChartData }): ReactNode {
  return (
    <Section title={chart.title} aside={<span className="text-12 text-muted">{chart.unit}</span>}>
      {chart.measured < ENOUGH ? (
        <p className="px-3 py-10 text-center text-muted">
          Not enough data yet ({chart.measured} of {ENOUGH})
        </p>
      ) : (
        <>
          <Suspense fallback={<Skeleton rows={6} label={`Loading the chart ${chart.title}`} />}>
            <Chart chart={chart} />
          </Suspense>
          <ChartTable chart={chart} />
        </>
      )}
      {chart.promql !== null && (
        <p className="flex min-w-0 items-center gap-1 border-t px-3 py-0.5 text-12 text-muted">
          PromQL
          <code className="min-w-0 truncate font-mono">{chart.promql}</code>
          <CopyButton text={chart.promql} what={`the PromQL of ${chart.title}`} />
        </p>
      )}
    </Section>
  );
}

function Figures({ status: { sessions, tasks, performance } }: { readonly status: StatusView }): ReactNode {
  const figures = [
    ['Utilisation, last hour', percent(performance.utilization)],
    ['Tasks per hour', amount(performance.throughput)],
    ['Mean time of a task', performance.avg_task_time === null ? '–' : `${performance.avg_task_time.toFixed(1)} min`],
    ['Completed today', amount(tasks.completed_today)],
    ['Completed', amount(tasks.completed)],
    ['Failed', amount(tasks.failed)],
    ['Active sessions', `${amount(sessions.active)} of ${amount(sessions.total)}`],
  ] as const;
  return (
    <dl className="grid grid-cols-2 overflow-hidden rounded border bg-surface sm:grid-cols-4 xl:grid-cols-7">
      {figures.map(([name, value]) => (
        <div key={name} className="px-3 py-2">
          <dt className="text-12 text-muted">{name}</dt>
          <dd className="nums text-16 font-semibold">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
