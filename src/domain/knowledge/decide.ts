/**
 * The rules of the knowledge base (A17): put and delete.
 */
import type { Fact } from '../../contract/event.ts';
import type { Refusal } from '../../contract/failure.ts';
import type { InputOf } from '../../contract/operations.ts';
import { type DecideContext, NOTHING, type Rule } from '../decision.ts';
import { isRefused, refusal } from '../refuse.ts';
import { liveSession, returnOf } from '../session/live-session.ts';
import type { SwarmState } from '../state.ts';
import { canonicalJson } from '../task/content-hash.ts';
import { BODY_BYTES } from '../task/decide-add.ts';
import { jsonBytes } from '../task/json-size.ts';
import { CONTENT_SIZE, type Knowledge, newestOf, TOPICS } from './state.ts';

/** A further version, unless it says what is there already. */
export const putRule: Rule<'knowledge.put'> = {
  decide: (state, input, context) => {
    const writer = writerOf(state, input.session_id, context);
    if (isRefused(writer)) return writer;
    const base = state.knowledge;
    const newest = newestOf(base, input.topic);
    const present = base.topics.get(input.topic);
    const conflict = conflictOf(input, present?.version ?? 0);
    if (conflict !== null) return conflict;
    const bytes = jsonBytes(input.content, BODY_BYTES);
    if (bytes > BODY_BYTES) return refusal('event_too_large', { bytes, limit: BODY_BYTES });
    const { topic, content, source } = input;
    const tags = [...new Set(input.tags)];
    if (present !== undefined && saysTheSame(present, { content, tags, source })) return writer.facts;
    if (present === undefined && base.topics.size >= TOPICS) return refusal('knowledge_full', { reason: `there are ${TOPICS} topics` });
    if (base.size - (present?.size ?? 0) + bytes > CONTENT_SIZE)
      return refusal('knowledge_full', { reason: `all contents together have ${base.size} of ${CONTENT_SIZE} characters` });
    const data = {
      topic,
      before: newest.seq,
      version: newest.version + 1,
      content,
      ...(tags.length === 0 ? {} : { tags }),
      ...(source === undefined ? {} : { source }),
      updated_by: writer.id,
    };
    return [...writer.facts, { type: 'knowledge_written', data }];
  },
};

/** A last version that says nothing; what is deleted already stays so. */
export const deleteRule: Rule<'knowledge.delete'> = {
  decide: (state, input, context) => {
    const writer = writerOf(state, input.session_id, context);
    if (isRefused(writer)) return writer;
    const { topic } = input;
    const { seq, version } = newestOf(state.knowledge, topic);
    if (version === 0) return refusal('knowledge_unknown', { topic });
    if (!state.knowledge.topics.has(topic)) return writer.facts;
    const conflict = conflictOf(input, version);
    if (conflict !== null) return conflict;
    return [...writer.facts, { type: 'knowledge_deleted', data: { topic, before: seq, version: version + 1, updated_by: writer.id } }];
  },
};

interface Writer {
  readonly id: string;
  /** That an offline session was heard of again. */
  readonly facts: readonly Fact[];
}

function writerOf(state: SwarmState, named: string | undefined, { caller }: DecideContext): Writer | Refusal {
  const id = named ?? caller.credential?.session_id;
  if (id === undefined) return { id: caller.actor, facts: NOTHING };
  const session = liveSession(state, id, caller);
  return isRefused(session) ? session : { id, facts: returnOf(session) };
}

/** `current` is 0 for a topic that is not there. */
function conflictOf(
  { topic, expected_version }: Pick<InputOf<'knowledge.delete'>, 'topic' | 'expected_version'>,
  current: number,
): Refusal | null {
  if (expected_version === undefined || expected_version === current) return null;
  return refusal('knowledge_conflict', {
    topic,
    expected: expected_version,
    current,
    found: current === 0 ? 'not there' : `at version ${current}`,
  });
}

function saysTheSame(
  present: Knowledge,
  { content, tags, source }: Pick<Knowledge, 'content' | 'tags'> & { readonly source: unknown },
): boolean {
  if (typeof content !== typeof present.content) return false;
  const others = canonicalJson([tags, source ?? null]) === canonicalJson([present.tags, present.source]);
  return (
    others && (content === present.content || (typeof content === 'object' && canonicalJson(content) === canonicalJson(present.content)))
  );
}
