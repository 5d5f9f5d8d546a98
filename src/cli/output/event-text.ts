/**
 * How events look to a person: one line each, time and number first, then what happened to whom.
 */
import type { EventView } from '../../contract/views/event-view.ts';
import { cleanLine, safeJson } from './clean-text.ts';
import { cutTo, displayWidth, fillTo } from './display-width.ts';
import type { Canvas } from './table.ts';
import { clockTime, duration, percent } from './words.ts';

/** Fields that say who and what, in the order they are said. */
const SUBJECTS = ['task_id', 'session_id', 'schedule_id', 'resource', 'key', 'capability', 'topic', 'name', 'mailbox'];
const NUMBER_WIDTH = 6;
const TYPE_WIDTH = 18;

type Say = (value: unknown) => string;
const silent: Say = () => '';

/** How known fields are said; anything else is `field=value`. Some only matter to programs. */
const SAID: Readonly<Record<string, Say>> = {
  title: (value) => `“${plain(value)}”`,
  priority: (value) => `priority ${plain(value)}`,
  required_capability: (value) => `needs ${plain(value)}`,
  dependencies: (value) => `after ${plain(value)}`,
  capabilities: (value) => `can ${plain(value)}`,
  specialties: (value) => `good at ${plain(value)}`,
  max_concurrent_tasks: (value) => (value === 1 ? '' : `${plain(value)} slots`),
  attempt: (value) => (value === 1 ? '' : `attempt ${plain(value)}`),
  lease: (value) => `lease ${plain(value)}`,
  policy: (value) => `by ${plain(value)}`,
  progress: (value) => percent(Number(value)),
  duration_ms: (value) => `took ${duration(Number(value) / 1000)}`,
  silent_ms: (value) => `silent for ${duration(Number(value) / 1000)}`,
  last_contact: (value) => `last heard of at ${clockOf(value)}`,
  retry_at: (value) => `again at ${clockOf(value)}`,
  details: (value) => plain(value),
  subject: (value) => `“${plain(value)}”`,
  body: (value) => plain(value),
  expires_at: (value) => `until ${clockOf(value)}`,
  reason: (value) => plain(value).replaceAll('_', ' '),
  ...Object.fromEntries(
    [
      'type',
      'score',
      'started',
      'prev',
      'content_hash',
      'incarnation',
      'explicit_priority',
      'spec',
      'waiting_for',
      'content',
      'before',
      'ttl_ms',
    ].map((field) => [field, silent]),
  ),
};

/** A time of day: events have ms since 1970, histories ISO 8601. */
function clockOf(value: unknown): string {
  const date = new Date(typeof value === 'string' ? value : Number(value));
  return Number.isNaN(date.getTime()) ? plain(value) : clockTime(date.toISOString());
}

/** An event on one line. */
export function eventLine({ seq, time, type, data, actor }: EventView, { columns, out }: Canvas): string {
  const subjects = SUBJECTS.flatMap((field) => (typeof data[field] === 'string' ? [data[field]] : []));
  const rest = Object.fromEntries(Object.entries(data).filter(([field]) => !SUBJECTS.includes(field)));
  const by = actor === 'tutti' || subjects.some((subject) => actor.endsWith(`:${subject}`)) ? '' : `by ${actor}`;
  const place = `${clockTime(time)}  ${fillTo(`#${seq}`, NUMBER_WIDTH)}  `;
  const what = `${fillTo(cleanLine(type), TYPE_WIDTH)}  ${out.bold(cleanLine(subjects.join(' → ')))}`;
  const taken = place.length + TYPE_WIDTH + 4 + displayWidth(subjects.join(' → '));
  const more = cleanLine([sayFields(rest), by].filter((part) => part !== '').join(' · '));
  return `${out.dim(place)}${what}  ${columns === null ? more : cutTo(more, Math.max(0, columns - taken))}`.trimEnd();
}

/** What the fields of an event say, in words. */
export function sayFields(data: Readonly<Record<string, unknown>>): string {
  const known = Object.keys(SAID).filter((field) => field in data);
  const others = Object.keys(data).filter((field) => !Object.hasOwn(SAID, field));
  return [...known, ...others]
    .filter((field) => !isEmpty(data[field]))
    .map((field) => (Object.hasOwn(SAID, field) ? (SAID[field]?.(data[field]) ?? '') : `${field}=${plain(data[field])}`))
    .filter((text) => text !== '')
    .join(' · ');
}

function plain(value: unknown): string {
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value.join(', ');
  return typeof value === 'string' ? cleanLine(value) : safeJson(value);
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}
