/**
 * The figures of the swarm: sessions, tasks, and how it goes (A19). All of them are those of `swarm.status`.
 */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { amount, percent } from '../../../src/cli/output/words.ts';
import type { StatusView } from '../../../src/contract/views/status-view.ts';
import { StateMark } from '../ui/state-mark.tsx';

/** The figures. */
export function StatusStrip({ status: { sessions, tasks, performance } }: { readonly status: StatusView }): ReactNode {
  const done = tasks.completed + tasks.failed + tasks.cancelled;
  const share = tasks.total === 0 ? 0 : done / tasks.total;
  return (
    <div className="grid gap-px overflow-hidden rounded border bg-hairline sm:grid-cols-2 xl:grid-cols-4">
      <Figure title="Sessions" value={`${amount(sessions.active)} of ${amount(sessions.total)}`} unit="active" to="/sessions">
        <StateMark state="busy" /> <b className="nums">{sessions.busy}</b>
        <StateMark state="idle" /> <b className="nums">{sessions.idle}</b>
        <StateMark state="offline" /> <b className="nums">{sessions.offline}</b>
      </Figure>
      <Figure title="Open tasks" value={amount(tasks.pending + tasks.assigned + tasks.in_progress)} unit="open" to="/board">
        <span>in progress</span> <b className="nums">{tasks.in_progress}</b>
        <span>ready</span> <b className="nums">{tasks.ready}</b>
        <span>blocked</span> <b className="nums">{tasks.blocked}</b>
      </Figure>
      <Figure title="Done" value={`${amount(done)} of ${amount(tasks.total)}`} unit="tasks" to="/board">
        <span>today</span> <b className="nums">{tasks.completed_today}</b>
        <span>failed</span> <b className="nums">{tasks.failed}</b>
        <div
          role="progressbar"
          aria-label="Share of tasks that have ended"
          aria-valuenow={Math.round(share * 100)}
          aria-valuemin={0}
          aria-valuemax={100}
          className="h-1.5 min-w-16 flex-1 rounded bg-raised"
        >
          <div className="h-full rounded bg-accent" style={{ width: `${share * 100}%` }} />
        </div>
      </Figure>
      <Figure title="Last hour" value={percent(performance.utilization)} unit="utilisation" to="/metrics">
        <span>tasks/hour</span> <b className="nums">{amount(performance.throughput)}</b>
        <span>mean</span> <b className="nums">{performance.avg_task_time === null ? '–' : `${performance.avg_task_time.toFixed(1)} min`}</b>
      </Figure>
    </div>
  );
}

interface FigureProps {
  readonly title: string;
  readonly value: string;
  readonly unit: string;
  readonly to: '/sessions' | '/board' | '/metrics';
  readonly children: ReactNode;
}

function Figure({ title, value, unit, to, children }: FigureProps): ReactNode {
  return (
    <section aria-label={title} className="flex flex-col gap-1 bg-surface px-3 py-2">
      <h2 className="text-12 text-muted">
        <Link to={to} className="hover:underline">
          {title}
        </Link>
      </h2>
      <p className="flex items-baseline gap-1.5">
        <span className="nums text-20 font-semibold">{value}</span>
        <span className="text-muted">{unit}</span>
      </p>
      <div className="flex flex-wrap items-center gap-x-2 text-12 text-muted [&_b]:mr-1.5 [&_b]:font-medium [&_b]:text-text">
        {children}
      </div>
    </section>
  );
}
