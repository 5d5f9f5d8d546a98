/**
 * What the events of knowledge do to the state.
 */
import type { EventOf } from '../../contract/event.ts';
import { invariant } from '../invariant.ts';
import type { SwarmState } from '../state.ts';
import { BODY_BYTES } from '../task/decide-add.ts';
import { jsonBytes } from '../task/json-size.ts';
import { drop, keep, newestOf } from './state.ts';

/** A topic got a version. */
export function onKnowledgeWritten(state: SwarmState, event: EventOf<'knowledge_written'>): void {
  const { topic, version, content, tags, source, updated_by } = event.data;
  follows(state, event);
  const size = jsonBytes(content, BODY_BYTES);
  const { seq, time: updated_at } = event;
  keep(state.knowledge, { topic, version, seq, content, size, tags: tags ?? [], source: source ?? null, updated_by, updated_at });
}

/** A topic was deleted. */
export function onKnowledgeDeleted(state: SwarmState, event: EventOf<'knowledge_deleted'>): void {
  follows(state, event);
  drop(state.knowledge, event.data.topic, { version: event.data.version, seq: event.seq });
}

function follows({ knowledge }: SwarmState, event: EventOf<'knowledge_written'> | EventOf<'knowledge_deleted'>): void {
  const { topic, before, version } = event.data;
  const newest = newestOf(knowledge, topic);
  invariant(
    newest.seq === before && newest.version === version - 1,
    () => `event ${event.seq} makes version ${version} of ${topic} after event ${before}, but ${newest.version} is of event ${newest.seq}`,
  );
}
