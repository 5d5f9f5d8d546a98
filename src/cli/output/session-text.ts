/**
 * How sessions look to a person: the list, and one session.
 */
import type { SessionView } from '../../contract/views/session-view.ts';
import { cleanLine } from './clean-text.ts';
import { type Canvas, type Column, fields } from './table.ts';
import { ago, duration, paintState, percent, stateWords } from './words.ts';

/** The columns of a list of sessions. */
export function sessionColumns(now: number): readonly Column<SessionView>[] {
  return [
    { title: 'SESSION', cell: ({ id }) => id, paint: (text, _row, { bold }) => bold(text) },
    { title: 'STATE', cell: stateOf, paint: (text, { status }, palette) => paintState(status, text, palette) },
    { title: 'TASKS', cell: ({ tasks, max_concurrent_tasks }) => `${tasks.length}/${max_concurrent_tasks}`, right: true, drop: 3 },
    { title: 'WORKS ON', cell: ({ tasks }) => (tasks.length === 0 ? '–' : tasks.join(', ')), flexible: true },
    { title: 'CAN DO', cell: ({ capabilities }) => capabilities.join(', ') || '–' },
    { title: 'DONE', cell: ({ performance }) => String(performance.tasks_completed), right: true, drop: 2 },
    { title: 'SUCCESS', cell: successOf, right: true, drop: 1 },
    { title: 'HEARD', cell: ({ last_heartbeat }) => ago(last_heartbeat, now), right: true, drop: 4 },
  ];
}

/** Its state; one whose provider takes no more says so. */
function stateOf({ status, limited }: SessionView): string {
  return limited === null ? stateWords(status) : `${stateWords(status)}, ${LIMITED[limited.reason] ?? 'limited'}`;
}

/** Limits that do not pass with time. */
const LIMITED: Readonly<Record<string, string>> = { access: 'key refused', model: 'model refused' };

/** What its provider says; null while that takes its work. */
function providerText({ limited }: SessionView): string | null {
  if (limited === null) return null;
  const { reason, until, message } = limited;
  if (reason !== 'access' && reason !== 'model') return `takes no more (${reason}) until ${until}`;
  const said = message === undefined ? '' : `: ${message}`;
  const [what, repair] =
    reason === 'model' ? ['does not have its model', 'name another'] : ['refuses its key', 'set one that works or pay its bill'];
  return `${what}${said} · ${repair}, then start the session anew; it tries by itself after ${until}`;
}

/** One session, whole. */
export function sessionText(session: SessionView, canvas: Canvas, now: number): string[] {
  const { performance } = session;
  const minutes = performance.avg_task_time;
  return [
    canvas.out.bold(cleanLine(session.id)),
    '',
    ...fields(
      [
        ['state', stateOf(session)],
        ['works on', session.tasks.length === 0 ? 'nothing' : session.tasks.join(', ')],
        ['slots', `${session.tasks.length} of ${session.max_concurrent_tasks} taken`],
        ['can do', session.capabilities.join(', ') || 'only tasks that need no capability'],
        ['good at', session.specialties.length === 0 ? null : session.specialties.join(', ')],
        ['role', session.role],
        ['runner', session.runner],
        ['host', session.host],
        ['account', session.account],
        ['provider', providerText(session)],
        [
          'record',
          `${performance.tasks_completed} completed · ${performance.tasks_failed} failed${minutes === null ? '' : ` · ${duration(minutes * 60)} a task`}`,
        ],
        ['registered', `${ago(session.registered_at, now)} · incarnation ${session.incarnation}`],
        ['heard of', ago(session.last_heartbeat, now)],
        ['left', session.deregistered_at === null ? null : ago(session.deregistered_at, now)],
      ],
      canvas,
    ),
  ];
}

function successOf({ performance: { tasks_completed, tasks_failed, success_rate } }: SessionView): string {
  return tasks_completed + tasks_failed === 0 ? '–' : percent(success_rate);
}
