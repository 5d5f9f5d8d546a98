/**
 * The live board: what a moment of the demo looks like on a terminal of this size. Pure.
 * Invariants: no line is wider than the terminal, the board leaves one row free, and a state is always a shape and a word.
 */
import { displayWidth } from '../cli/output/display-width.ts';
import type { Palette } from '../cli/output/terminal.ts';
import { duration } from '../cli/output/words.ts';
import { type BoardSession, type BoardTask, type DemoState, waitsFor } from './demo-state.ts';
import { cell, type Cell, headLine, row } from './board-row.ts';
import type { Tiding, Tone } from './tidings.ts';
import { seconds } from './tidings.ts';

/** What the board is drawn on. */
export interface Board {
  readonly columns: number;
  readonly rows: number;
  readonly out: Palette;
}

type Colour = 'green' | 'amber' | 'red' | 'dim' | 'accent';
type Look = readonly [shape: string, colour: Colour];

const SESSION_LOOKS: Readonly<Record<BoardSession['status'], Look>> = {
  starting: ['○', 'dim'],
  idle: ['●', 'green'],
  busy: ['◐', 'amber'],
  killed: ['✕', 'red'],
  ended: ['✕', 'red'],
  offline: ['✕', 'red'],
  left: ['–', 'dim'],
};
const TASK_LOOKS: Readonly<Record<BoardTask['status'], Look>> = {
  waiting: ['○', 'dim'],
  given: ['◔', 'accent'],
  running: ['◐', 'amber'],
  lost: ['▲', 'red'],
  done: ['✓', 'green'],
  failed: ['✕', 'red'],
};
const TONE_LOOKS: Readonly<Record<Tone, Look>> = {
  good: ['✓', 'green'],
  bad: ['✕', 'red'],
  warning: ['▲', 'amber'],
  work: ['◔', 'accent'],
  plain: ['·', 'dim'],
};

const WIDEST = 132;
const STATUS_WIDTH = 10;
const TIME_WIDTH = 7;
const SESSION_WIDTH = 10;
const ID_WIDTH = 14;
/** Rows from which on there is room for air and headings between the parts. */
const AIRY_ROWS = 23;
const MOST_TIDINGS = 12;
const LEAST_TIDINGS = 3;
const BAR_WIDTH = 20;

/** The lines of the board. */
export function view(state: DemoState, { columns, rows, out }: Board): string[] {
  const width = Math.max(20, Math.min(columns, WIDEST));
  const room = rows - 1;
  const airy = room >= AIRY_ROWS;
  const head = [titleLine(state, width, out), row([cell(state.settings, width, out.dim)])];
  const sessions = state.sessions.map((session) => sessionLine(state, session, width, out));
  const fixed = head.length + sessions.length + (airy ? 6 : 1);
  const free = Math.max(2, room - fixed);
  const taskRoom = Math.min(state.tasks.length, Math.max(free - MOST_TIDINGS, free - LEAST_TIDINGS));
  const tasks = taskLines(state, taskRoom, width, out);
  const tidings = tidingLines(state.tidings, Math.min(MOST_TIDINGS, free - tasks.length), width, out);
  const lines = airy
    ? [
        ...head,
        '',
        headLine('Sessions', 'script, no model', width, out),
        ...sessions,
        '',
        headLine('Tasks', 'each in a worktree of its own', width, out),
        ...tasks,
        '',
        headLine('What happened', '', width, out),
        ...tidings,
      ]
    : [...head, ...sessions, out.dim('─'.repeat(width)), ...tasks, ...tidings];
  return lines.slice(0, room);
}

/** The shape of a line of what happened, painted. */
export function markOf(tone: Tone, out: Palette): string {
  const [shape, colour] = TONE_LOOKS[tone];
  return out[colour](shape);
}

function titleLine({ title, tasks, started_at, now }: DemoState, width: number, out: Palette): string {
  const done = tasks.filter(({ status }) => status === 'done').length;
  const filled = tasks.length === 0 ? 0 : Math.floor((BAR_WIDTH * done) / tasks.length);
  const right = ` ${done}/${tasks.length}  ${duration((now - started_at) / 1000).padStart(4)}`;
  const barred = width >= 70;
  const left = width - displayWidth(right) - (barred ? BAR_WIDTH + 2 : 0);
  const bar = barred ? `  ${out.green('▓'.repeat(filled))}${out.dim('░'.repeat(BAR_WIDTH - filled))}` : '';
  return row([cell(title, left, out.bold)], false) + bar + out.bold(right);
}

function sessionLine(state: DemoState, session: BoardSession, width: number, out: Palette): string {
  const [shape, colour] = SESSION_LOOKS[session.status];
  const task = state.tasks.find(({ id }) => id === session.task_id);
  const since = session.status === 'busy' && task?.started_at !== undefined && task.started_at !== null ? task.started_at : null;
  const cells: Cell[] = [
    cell(`${shape} ${session.status}`, STATUS_WIDTH, out[colour]),
    cell(session.id, SESSION_WIDTH, session.status === 'killed' ? out.red : out.bold),
    cell(doing(session, task), null, session.status === 'busy' ? undefined : out.dim),
    ...(since === null ? [] : [cell(duration((state.now - since) / 1000), TIME_WIDTH, out.dim, true)]),
  ];
  return row(cells, true, width);
}

function doing({ status, pid, completed }: BoardSession, task: BoardTask | undefined): string {
  switch (status) {
    case 'starting':
      return `pid ${pid}, starting`;
    case 'idle':
      return `waits for work; ${completed} done`;
    case 'busy':
      return task === undefined ? '' : `${task.title}${task.attempt > 1 ? ` · attempt ${task.attempt}` : ''}`;
    case 'killed':
      return task === undefined ? `pid ${pid}; its lease has ended` : `pid ${pid}; still holds lease ${task.lease} on ${task.id}`;
    case 'ended':
      return `pid ${pid} ended by itself`;
    case 'offline':
      return 'silent; its leases have ended';
    default:
      return `has left; ${completed} done`;
  }
}

function taskLines(state: DemoState, room: number, width: number, out: Palette): string[] {
  const { tasks } = state;
  if (tasks.length <= room) return tasks.map((task) => taskLine(state, task, width, out));
  const shown = new Set(tasks.toSorted(byInterest).slice(0, Math.max(0, room - 1)));
  const hidden = tasks.filter((task) => !shown.has(task));
  const count = (status: BoardTask['status']): string => {
    const found = hidden.filter((task) => task.status === status).length;
    return found === 0 ? '' : `${found} ${status}`;
  };
  const rest = (['done', 'given', 'running', 'lost', 'failed', 'waiting'] as const).map(count).filter((text) => text !== '');
  return [
    ...tasks.filter((task) => shown.has(task)).map((task) => taskLine(state, task, width, out)),
    row([cell(`… and ${rest.join(', ')}`, width, out.dim)]),
  ];
}

/** What moves first, then what ended last, then what waits. */
function byInterest(a: BoardTask, b: BoardTask): number {
  const rank = ({ status }: BoardTask): number => (status === 'done' ? 1 : status === 'waiting' ? 2 : 0);
  return rank(a) - rank(b) || (b.ended_at ?? 0) - (a.ended_at ?? 0);
}

function taskLine(state: DemoState, task: BoardTask, width: number, out: Palette): string {
  const [shape, colour] = TASK_LOOKS[task.status];
  const wide = width >= 90;
  const time = timeOf(state, task);
  const cells: Cell[] = [
    cell(`${shape} ${task.status}`, STATUS_WIDTH, out[colour]),
    cell(task.id, ID_WIDTH, task.status === 'waiting' ? out.dim : undefined),
    cell(textOf(state, task), null, task.status === 'waiting' ? out.dim : undefined),
    ...(wide ? [cell(task.session_id ?? '', SESSION_WIDTH, out.dim)] : []),
    ...(wide || time !== '' ? [cell(time, TIME_WIDTH, out.dim, true)] : []),
  ];
  return row(cells, true, width);
}

function textOf(state: DemoState, task: BoardTask): string {
  const again = task.attempt > 1 ? `attempt ${task.attempt}, lease ${task.lease} · ` : '';
  switch (task.status) {
    case 'done':
    case 'failed':
      return `${task.attempt > 1 ? `attempt ${task.attempt} · ` : ''}${task.finding}`;
    case 'lost':
      return 'its lease has ended; the next free session takes it';
    case 'waiting': {
      const count = waitsFor(task, state);
      return count === 0 ? task.title : `${task.title} · after ${count} more`;
    }
    default:
      return `${again}${task.title}`;
  }
}

function timeOf({ now }: DemoState, { status, started_at, ended_at }: BoardTask): string {
  if (started_at === null || status === 'waiting' || status === 'lost') return '';
  return ended_at === null ? duration((now - started_at) / 1000) : seconds(ended_at - started_at);
}

function tidingLines(tidings: readonly Tiding[], room: number, width: number, out: Palette): string[] {
  const newest = tidings.filter(({ minor }) => !minor).slice(-Math.max(0, room));
  return newest.map(({ time, tone, text }) =>
    row([cell(clock(time), 8, out.dim), cell(TONE_LOOKS[tone][0], 1, out[TONE_LOOKS[tone][1]]), cell(text, null)], true, width),
  );
}

/** The time of day in the user's time zone. */
export function clock(time: number): string {
  const date = new Date(time);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}
