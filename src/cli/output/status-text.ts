/**
 * How the whole swarm looks at a glance: what needs somebody first, then sessions, tasks, and the last hour.
 */
import type { PauseView, StatusView } from '../../contract/views/status-view.ts';
import type { TaskView } from '../../contract/views/task-view.ts';
import { cleanLine } from './clean-text.ts';
import { sessionColumns } from './session-text.ts';
import { type Canvas, fields, table } from './table.ts';
import { ago, amount, counted, duration, percent } from './words.ts';

/** What is shown beside the status itself. */
export interface StatusSurroundings {
  readonly url: string;
  /** Some of the pending tasks, to tell which need somebody. */
  readonly pending: readonly TaskView[];
  readonly now: number;
}

const SESSIONS_SHOWN = 30;

/** The swarm at a glance. */
export function statusText(status: StatusView, { url, pending, now }: StatusSurroundings, canvas: Canvas): string[] {
  const { out } = canvas;
  const { sessions, tasks, performance } = status;
  const more = sessions.total - SESSIONS_SHOWN;
  const minutes = performance.avg_task_time;
  return [
    `${out.bold(status.swarm)} ${out.dim(`· ${url} · event ${amount(status.seq)}`)}`,
    '',
    ...status.paused.map(
      (pause) => `${out.amber('▲')} ${cleanLine(pauseText(pause, now))}. ${out.dim('→')} ${out.bold(cleanLine(resuming(pause)))}`,
    ),
    ...(status.archive_missing === undefined ? [] : [archiveText(status.archive_missing, canvas), '']),
    ...needs(pending, canvas),
    ...fields(
      [
        ['Sessions', `◐ ${sessions.busy} busy · ● ${sessions.idle} idle · ✕ ${sessions.offline} offline`],
        ['Tasks', tasksLine(tasks)],
        [
          'Ended',
          `✓ ${amount(tasks.completed)} completed (${amount(tasks.completed_today)} today) · ✕ ${amount(tasks.failed)} failed · – ${amount(tasks.cancelled)} cancelled`,
        ],
        [
          'Last hour',
          `${percent(performance.utilization)} busy · ${counted(performance.throughput, 'task')} completed${minutes === null ? '' : ` · ${duration(minutes * 60)} a task`}`,
        ],
      ],
      canvas,
    ),
    ...(sessions.list.length === 0 ? [] : ['', ...table(sessions.list.slice(0, SESSIONS_SHOWN), sessionColumns(now), canvas)]),
    ...(more > 0 ? [out.dim(`and ${counted(more, 'more session')}: tutti session list`)] : []),
  ];
}

function tasksLine({ ready, blocked, assigned, in_progress }: StatusView['tasks']): string {
  const handedOut = assigned === 0 ? '' : ` · ◔ ${amount(assigned)} assigned`;
  return `○ ${amount(ready)} ready · ${amount(blocked)} waiting${handedOut} · ◐ ${amount(in_progress)} in progress`;
}

/** A pause, in one line. */
export function pauseText({ scope, target, reason, by, since }: PauseView, now: number): string {
  const what = scope === 'swarm' ? 'The swarm' : `The ${scope} ${target}`;
  return `${what} is paused since ${ago(since, now)} by ${by}${reason === null ? '' : `: ${reason}`}`;
}

/** The command that ends a pause. */
function resuming({ scope, target }: PauseView): string {
  return scope === 'swarm' ? 'tutti resume' : `tutti resume --${scope} ${target}`;
}

function archiveText({ first_seq, last_seq, folder }: NonNullable<StatusView['archive_missing']>, { out }: Canvas): string {
  const what = `Events ${first_seq} to ${last_seq} are archived, and not in ${cleanLine(folder)}: work goes on, but a newer Tutti could not start`;
  return `${out.amber('▲')} ${what}. ${out.dim('→')} ${out.bold('tutti event archive --list')}`;
}

/** What stays still until somebody acts, each with what to do. */
function needs(pending: readonly TaskView[], { out }: Canvas): string[] {
  const byCapability = new Map<string, number>();
  const blocked: string[] = [];
  for (const { id, waiting, required_capability } of pending) {
    if (waiting?.code === 'no_capable_session')
      byCapability.set(required_capability ?? '', (byCapability.get(required_capability ?? '') ?? 0) + 1);
    if (waiting?.code === 'dependency_failed') blocked.push(id);
  }
  const lines = [...byCapability].map(([capability, count]) => {
    const what = capability === '' ? 'no session is there' : `no session has the capability ${cleanLine(capability)}`;
    const next = capability === '' ? 'tutti worker' : `tutti worker --capabilities ${cleanLine(capability)}`;
    return `${out.amber('▲')} ${counted(count, 'task')} cannot start: ${what}. ${out.dim('→')} ${out.bold(next)}`;
  });
  const first = blocked[0];
  if (first !== undefined) {
    lines.push(
      `${out.amber('▲')} ${counted(blocked.length, 'task')} cannot start: a dependency failed. ${out.dim('→')} ${out.bold(`tutti task show ${cleanLine(first)}`)}`,
    );
  }
  return lines.length === 0 ? [] : [...lines, ''];
}
