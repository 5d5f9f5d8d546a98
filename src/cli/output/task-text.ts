/**
 * How tasks look to a person: the list, and one task with everything that explains it.
 */
import type { DeadLetter, GroupView, HistoryEntry, TaskView } from '../../contract/views/task-view.ts';
import { cleanLine, cleanText, safeJson } from './clean-text.ts';
import { sayFields } from './event-text.ts';
import { type Canvas, type Column, fields, table } from './table.ts';
import { ago, clockTime, counted, duration, paintState, percent, stateWords } from './words.ts';

/** The columns of a list of tasks. */
export function taskColumns(now: number): readonly Column<TaskView>[] {
  return [
    { title: 'TASK', cell: ({ id }) => id, paint: (text, _row, { bold }) => bold(text) },
    { title: 'STATE', cell: stateOf, paint: (text, { status }, palette) => paintState(status, text, palette) },
    { title: 'PRIO', cell: ({ priority }) => String(priority), right: true, drop: 2 },
    { title: 'NEEDS', cell: ({ required_capability }) => required_capability ?? '–', drop: 3 },
    { title: 'SESSION', cell: ({ assigned_to }) => assigned_to ?? '–', drop: 4 },
    { title: 'AGE', cell: ({ created_at }) => ago(created_at, now).replace(' ago', ''), right: true, drop: 1 },
    { title: 'TITLE', cell: titleOf, flexible: true },
  ];
}

/** The columns of dead letters. */
export function deadColumns(now: number): readonly Column<DeadLetter>[] {
  return [
    { title: 'TASK', cell: ({ task }) => task.id, paint: (text, _row, { bold }) => bold(text) },
    { title: 'REASON', cell: ({ reason }) => reason, paint: (text, _row, palette) => paintState('failed', text, palette) },
    { title: 'TRIED', cell: ({ task }) => String(task.attempt), right: true, drop: 2 },
    { title: 'SESSION', cell: ({ session_id }) => session_id ?? '–', drop: 4 },
    { title: 'HOLDS UP', cell: ({ unblocks }) => (unblocks === 0 ? '–' : String(unblocks)), right: true, drop: 3 },
    { title: 'AGE', cell: ({ failed_at }) => ago(failed_at, now).replace(' ago', ''), right: true, drop: 1 },
    { title: 'MESSAGE', cell: ({ message, task }) => message ?? task.title, flexible: true },
  ];
}

/** The columns of groups. */
export function groupColumns(now: number): readonly Column<GroupView>[] {
  return [
    { title: 'GROUP', cell: ({ group }) => group, paint: (text, _row, { bold }) => bold(text), flexible: true },
    { title: 'OPEN', cell: ({ open }) => String(open), right: true },
    { title: 'COMPLETED', cell: ({ completed }) => String(completed), right: true },
    { title: 'FAILED', cell: ({ failed }) => String(failed), right: true },
    { title: 'CANCELLED', cell: ({ cancelled }) => String(cancelled), right: true, drop: 2 },
    { title: 'ENDED', cell: ({ ended_at }) => (ended_at === null ? '–' : ago(ended_at, now)), right: true, drop: 1 },
  ];
}

/** One task, whole. */
export function taskText(
  { task, history }: { readonly task: TaskView; readonly history: readonly HistoryEntry[] },
  canvas: Canvas,
  now: number,
): string[] {
  const { out } = canvas;
  const block = (name: string, lines: readonly string[]): string[] => (lines.length === 0 ? [] : ['', out.dim(name), ...lines]);
  return [
    `${out.bold(cleanLine(task.id))}  ${cleanLine(task.title)}`,
    '',
    ...fields(
      [
        ['state', stateOf(task)],
        ['type', `${task.type} · priority ${task.priority} · ${neededBy(task)}`],
        ['session', holderOf(task, now)],
        ['attempt', task.attempt === 0 ? null : `${task.attempt} of ${Math.max(task.attempt, task.max_attempts)}`],
        [
          'depends on',
          task.dependencies.length === 0 ? null : `${task.dependencies.join(', ')} · if one fails: ${task.on_dependency_failure}`,
        ],
        ['added', ago(task.created_at, now)],
        ['ended', task.completed_at === null ? null : `${ago(task.completed_at, now)}${tookOf(task)}`],
        ['group', task.group],
        ['labels', task.labels.length === 0 ? null : task.labels.join(', ')],
        ['part of', task.parent],
        ['deadline', task.deadline === null ? null : `${clockTime(task.deadline)}${task.overdue ? ' · overdue' : ''}`],
        ['failure', failureOf(task)],
      ],
      canvas,
    ),
    ...waitingText(task, canvas),
    ...block('spec', bodyText(task.spec)),
    ...block('result', task.result === null ? [] : bodyText(task.result)),
    ...block('history', table(history, HISTORY_COLUMNS, canvas)),
  ];
}

/** Why a task is not running, and what would change it. */
export function waitingText({ waiting, required_capability }: TaskView, { out }: Pick<Canvas, 'out'>): string[] {
  if (waiting === null) return [];
  const command = required_capability === null ? 'tutti worker' : `tutti worker --capabilities ${cleanLine(required_capability)}`;
  const next = waiting.code === 'no_capable_session' ? [`  ${out.bold(command)} starts one.`] : [];
  return ['', `${out.amber('▲ not running:')} ${cleanLine(waiting.text)}`, ...next];
}

/** Text or JSON, several lines, indented. */
export function bodyText(body: unknown): string[] {
  if (body === '') return [];
  const text = typeof body === 'string' ? cleanText(body) : flatText(body);
  return text
    .replace(/\n+$/, '')
    .split('\n')
    .map((line) => `  ${line}`);
}

/** An object of simple values as `key: value` lines, anything deeper as JSON. */
function flatText(body: unknown): string {
  const entries = Object.entries((body ?? {}) as Readonly<Record<string, unknown>>);
  return entries.map(([key, value]) => `${cleanLine(key)}: ${typeof value === 'string' ? cleanText(value) : safeJson(value)}`).join('\n');
}

const HISTORY_COLUMNS: readonly Column<HistoryEntry>[] = [
  { title: '  TIME', cell: ({ timestamp }) => `  ${clockTime(timestamp)}` },
  { title: 'EVENT', cell: ({ seq }) => `#${seq}`, right: true, drop: 1 },
  { title: 'WHAT', cell: ({ action }) => action.replaceAll('_', ' ') },
  { title: 'SESSION', cell: ({ session_id }) => session_id ?? '–' },
  { title: 'LEASE', cell: ({ lease }) => (lease === null ? '–' : String(lease)), right: true, drop: 2 },
  { title: 'DETAILS', cell: detailsOf, flexible: true },
];

function detailsOf({ details, duration: minutes, result }: HistoryEntry): string {
  const said = isRecord(details) ? sayFields(details) : typeof details === 'string' ? details : '';
  const outcome = isRecord(result) ? sayFields(minutes === null ? result : { ...result, duration_ms: undefined }) : (result ?? '');
  return [minutes === null ? '' : `took ${duration(minutes * 60)}`, said, outcome].filter((part) => part !== '').join(' · ');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Nothing where the state says it all. */
function failureOf({ failure, failure_message, status }: TaskView): string | null {
  if (failure === null || failure === status) return null;
  return failure_message === null ? failure : `${failure}: ${failure_message}`;
}

function stateOf({ status, progress }: TaskView): string {
  return status === 'in_progress' && progress > 0 ? `${stateWords(status)} ${percent(progress)}` : stateWords(status);
}

/** A waiting task's title tells in the list why it waits, where that needs somebody to act. */
function titleOf(task: TaskView): string {
  return isStuck(task) ? `▲ ${task.title} · ${task.waiting?.text.replace(/\. .*$/, '')}` : task.title;
}

/** True when it stands until somebody acts. */
export function isStuck({ waiting }: TaskView): boolean {
  return waiting?.code === 'no_capable_session' || waiting?.code === 'dependency_failed';
}

function neededBy({ required_capability, estimated_hours }: TaskView): string {
  const needs = required_capability === null ? 'any session' : `needs ${required_capability}`;
  return estimated_hours === null ? needs : `${needs} · estimated ${counted(estimated_hours, 'hour')}`;
}

function holderOf({ assigned_to, assigned_at, lease }: TaskView, now: number): string | null {
  if (assigned_to === null || lease === null) return assigned_to;
  return `${assigned_to} · lease ${lease} · since ${duration((now - Date.parse(assigned_at ?? '')) / 1000)}`;
}

function tookOf({ started_at, completed_at }: TaskView): string {
  if (started_at === null || completed_at === null) return '';
  return ` · took ${duration((Date.parse(completed_at) - Date.parse(started_at)) / 1000)}`;
}
