/**
 * How events stand in a chunk's text: a JSON array with one record per line,
 * `[type, version, time, actor, command_id, data]`; the sequence number follows from the place.
 * Invariant: what was written is read back equal, by this and every later version.
 */
import { EVENTS, type EventType, type LogEvent } from '../contract/event.ts';
import { Failure } from '../contract/failure.ts';

type EventRecord = readonly [EventType, number, number, string, string | null, LogEvent['data']];

/** One record of a chunk's text. */
export function encodeEvent(event: LogEvent): string {
  const command = event.command_id === null ? 'null' : JSON.stringify(event.command_id);
  return `["${event.type}",${event.version},${event.time},${quoted(event.actor)},${command},${dataText(event)}]`;
}

/** A chunk's text from its records. */
export function joinRecords(records: readonly string[]): string {
  return `[${records.join(',\n')}]`;
}

/** The events of a chunk. Throws Failure `journal_version` when one was written by a newer Tutti, anything else when one is no event. */
export function decodeChunk(chunk: { readonly first_seq: number; readonly text: string }): LogEvent[] {
  const records = JSON.parse(chunk.text) as EventRecord[];
  const events: LogEvent[] = [];
  let seq = chunk.first_seq;
  for (const [type, version, time, actor, command_id, data] of records) {
    if (typeof version !== 'number') throw new TypeError(`record ${seq} is no event`);
    const known = EVENTS[type]?.version;
    if (known === undefined || version > known) throw new Failure('journal_version', { found: `${type} ${version}`, known: known ?? 0 });
    events.push({ seq, time, type, version, actor, command_id, data } as LogEvent);
    seq += 1;
  }
  return events;
}

/** JSON text of an event's data. The commonest events are written by hand, twice as fast; ids and policies are words and need no escapes. */
function dataText(event: LogEvent): string {
  if (event.type === 'task_assigned') {
    const { task_id, prev, session_id, incarnation, attempt, started, policy, score, why } = event.data;
    const holder = `"session_id":"${session_id}","incarnation":${incarnation},"attempt":${attempt}`;
    const reason = why === undefined ? '' : `,"why":${JSON.stringify(why)}`;
    return `{"task_id":"${task_id}","prev":${prev},${holder},"started":${started},"policy":"${policy}","score":${score}${reason}}`;
  }
  if (event.type === 'task_completed') {
    const { task_id, prev, lease, session_id, result, duration_ms, copy_id } = event.data;
    const ended = `"session_id":"${session_id}","result":${JSON.stringify(result)},"duration_ms":${duration_ms}`;
    const copy = copy_id === undefined ? '' : `,"copy_id":"${copy_id}"`;
    return `{"task_id":"${task_id}","prev":${prev},"lease":${lease},${ended}${copy}}`;
  }
  return JSON.stringify(event.data);
}

const quotedActors = new Map<string, string>();
const ACTORS_KEPT = 10_000;

/** JSON text of an actor; the same few actors cause most events. */
function quoted(actor: string): string {
  let text = quotedActors.get(actor);
  if (text === undefined) {
    text = JSON.stringify(actor);
    if (quotedActors.size >= ACTORS_KEPT) quotedActors.clear();
    quotedActors.set(actor, text);
  }
  return text;
}
