/**
 * What must hold for a log as a whole and against what clients were told: the judge of a simulated world.
 */
import type { LogEvent } from '../../src/contract/event.ts';
import { DEFAULT_SETTINGS } from '../../src/contract/settings.ts';
import { evolve } from '../../src/domain/evolve.ts';
import { createState, type SwarmState } from '../../src/domain/state.ts';
import { decodeChunk } from '../../src/engine/event-codec.ts';
import { emptyHead, brokenLink, type Link } from '../../src/journal/chain.ts';
import type { Testimony } from './testimony.ts';

/** The events of a log, up to `last_seq`. */
export function eventsOf(links: readonly Link[], last_seq = Infinity): LogEvent[] {
  return links.flatMap((link) => decodeChunk(link)).filter((event) => event.seq <= last_seq);
}

/** What a log folds into. */
export function foldOf(events: readonly LogEvent[]): SwarmState {
  const state = createState('default', DEFAULT_SETTINGS);
  for (const event of events) evolve(state, event);
  return state;
}

/** What is wrong with the chain of a log. */
export function* chainFaults(id: string, links: readonly Link[]): Generator<string> {
  let head = emptyHead(id);
  for (const link of links) {
    const reason = brokenLink(link, head);
    if (reason !== null) yield `the log is broken at ${link.first_seq}: ${reason}`;
    head = { seq: link.last_seq, hash: link.hash };
  }
}

interface Course {
  lease: number | null;
  ended: boolean;
}

/** What is wrong with the course of the tasks in a log: two leases at once, an end without its lease, time that runs back. */
export function* courseFaults(events: readonly LogEvent[]): Generator<string> {
  const tasks = new Map<string, Course>();
  const commands = new Map<string, number>();
  let time = 0;
  for (const { seq, type, data, time: at, command_id } of events) {
    if (at < time) yield `event ${seq} is earlier than the one before it`;
    time = at;
    if (command_id !== null) {
      const last = commands.get(command_id);
      if (last !== undefined && last !== seq - 1) yield `the command ${command_id} had its effect at ${last} and again at ${seq}`;
      commands.set(command_id, seq);
    }
    if (type === 'task_added') {
      if (tasks.has(data.task_id)) yield `${data.task_id} was added twice`;
      tasks.set(data.task_id, { lease: null, ended: false });
    }
    const course = 'task_id' in data && data.task_id !== null ? tasks.get(data.task_id) : undefined;
    if (course !== undefined) yield* courseFault({ seq, type, data } as LogEvent, course);
  }
}

function* courseFault({ seq, type, data }: LogEvent, course: Course): Generator<string> {
  switch (type) {
    case 'task_assigned':
      if (course.lease !== null) yield `${data.task_id} was assigned at ${seq} while the lease ${course.lease} lived`;
      if (course.ended) yield `${data.task_id} was assigned at ${seq} after its end`;
      course.lease = seq;
      return;
    case 'task_completed':
    case 'task_failed':
      if ('lease' in data && data.lease !== null && course.lease !== data.lease)
        yield `${data.task_id} ended at ${seq} under the lease ${data.lease}, not ${course.lease}`;
      if (course.ended) yield `${data.task_id} ended twice, at ${seq} again`;
      course.lease = null;
      course.ended = type === 'task_completed' || !('retry_at' in data && data.retry_at !== null);
      return;
    case 'task_released':
      course.lease = null;
      return;
    case 'task_cancelled':
      course.lease = null;
      course.ended = true;
      return;
    case 'task_retried':
    case 'task_recalled':
      course.ended = false;
      return;
    default:
  }
}

/** Tasks that started before what they were to wait for, as their authors asked. */
export function* earlyStarts(testimony: Testimony, events: readonly LogEvent[]): Generator<string> {
  const ended = new Set<string>();
  for (const { seq, type, data } of events) {
    if (type === 'task_completed' || type === 'task_failed' || type === 'task_cancelled') ended.add(data.task_id);
    if (type !== 'task_assigned') continue;
    for (const id of testimony.dependencies.get(data.task_id) ?? []) {
      if (!ended.has(id)) yield `${data.task_id} was assigned at ${seq}, before ${id} had ended`;
    }
  }
}

/** What was told of earlier moments, and what they were; what was said to be rolled back, and was not. */
function* travelFaults({ moments, rollbacks }: Testimony, events: readonly LogEvent[]): Generator<string> {
  for (const [seq, told] of moments) {
    const { pending, assigned, in_progress } = foldOf(events.slice(0, seq)).task_counts;
    for (const [status, count] of Object.entries({ pending, assigned, in_progress }))
      if (told[status as keyof typeof told] !== count) yield `${count} tasks were ${status} at event ${seq}; of it was told otherwise`;
  }
  const done = new Map(events.flatMap(({ type, data, command_id }) => (type === 'swarm_rolled_back' ? [[command_id, data.changed]] : [])));
  for (const [command, changed] of rollbacks)
    // One that changed nothing leaves no trace: its request may arrive once more when there is something to change.
    if (changed > 0 && done.get(command) !== changed) yield `a rollback of ${changed} things was acknowledged and is lost`;
}

/** What clients were told and the log does not say. */
export function* brokenPromises(testimony: Testimony, events: readonly LogEvent[]): Generator<string> {
  yield* testimony.violations;
  yield* travelFaults(testimony, events);
  const added = new Set<string>();
  const completed = new Map<string, Set<number>>();
  const versions = new Set<string>();
  for (const { type, data } of events) {
    if (type === 'task_added') added.add(data.task_id);
    if (type === 'knowledge_written') versions.add(`${data.topic} ${data.version}`);
    if (type === 'task_completed') completed.set(data.task_id, (completed.get(data.task_id) ?? new Set()).add(data.lease));
  }
  for (const id of testimony.added) if (!added.has(id)) yield `${id} was acknowledged and is lost`;
  for (const [id, leases] of testimony.completed) {
    for (const lease of leases)
      if (completed.get(id)?.has(lease) !== true) yield `the end of ${id} under ${lease} was acknowledged and is lost`;
  }
  for (const [topic, all] of testimony.versions) {
    for (const version of all)
      if (!versions.has(`${topic} ${version}`)) yield `version ${version} of ${topic} was acknowledged and is lost`;
  }
  for (const [seq, shown] of testimony.shown) {
    const event = events[seq - 1];
    if (event === undefined || event.type !== shown.type || JSON.stringify(event.data) !== JSON.stringify(shown.data)) {
      yield `event ${seq} was shown as ${shown.type} and is ${event?.type ?? 'not there'}`;
    }
  }
}
