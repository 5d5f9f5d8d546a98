/**
 * How events look to a person: one line each, time and number first, then what happened to whom.
 */
import type { EventView } from '../../contract/views/event-view.ts';
import { cleanLine, safeJson } from './clean-text.ts';
import { cutTo, fillTo } from './display-width.ts';
import type { Canvas } from './table.ts';
import { clockTime } from './words.ts';

/** Fields that say who and what, in the order they are said. */
const SUBJECTS = ['task_id', 'session_id'];
/** Fields that only matter to programs. */
const QUIET = new Set(['prev', 'content_hash', 'incarnation', 'explicit_priority', 'spec', 'waiting_for', ...SUBJECTS]);
const LONGEST_TYPE = 20;

/** An event on one line. */
export function eventLine({ seq, time, type, data, actor }: EventView, { columns, out }: Canvas): string {
  const subjects = SUBJECTS.flatMap((field) => (typeof data[field] === 'string' ? [data[field]] : []));
  const rest = Object.entries(data).flatMap(([field, value]) =>
    QUIET.has(field) || isEmpty(value) ? [] : [`${field}=${valueText(value)}`],
  );
  const by = subjects.includes(actor) ? [] : [`by ${actor}`];
  const head = `${clockTime(time)}  ${fillTo(`#${seq}`, 7)}  ${fillTo(cleanLine(type), LONGEST_TYPE)}  `;
  const tail = cleanLine([subjects.join(' → '), ...rest, ...by].filter((part) => part !== '').join('  '));
  const room = columns === null ? Number.POSITIVE_INFINITY : columns - head.length;
  return `${out.dim(head.slice(0, 19))}${head.slice(19)}${cutTo(tail, room)}`;
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? (/\s/.test(value) ? JSON.stringify(value) : value) : safeJson(value);
}

function isEmpty(value: unknown): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0);
}
