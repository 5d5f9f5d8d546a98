/**
 * Knowledge as it is shown. Earlier versions are a walk through the log along the events of their topic.
 */
import type { EventOf, LogEvent } from '../contract/event.ts';
import { Failure } from '../contract/failure.ts';
import type { InputOf, OutputOf } from '../contract/operations.ts';
import type { KnowledgeSummary, KnowledgeVersion } from '../contract/views/knowledge-view.ts';
import { type Knowledge, type KnowledgeBase, newestOf, placeOf } from '../domain/knowledge/state.ts';
import type { SwarmState } from '../domain/state.ts';
import { isoTime } from './time.ts';
import type { LogReader } from './view-context.ts';

type KnowledgeEvent = EventOf<'knowledge_written'> | EventOf<'knowledge_deleted'>;

const PAGE = 100;
/** Versions that are walked back for one that is asked for. */
const STEPS_AT_MOST = 10_000;

/** What putting answers: the version it made, or the one that said the same. */
export function answerPut(state: SwarmState, topic: string, events: readonly LogEvent[]): OutputOf<'knowledge.put'> {
  const written = events.find((event) => event.type === 'knowledge_written');
  if (written !== undefined) {
    const { version, updated_by } = written.data;
    return { topic, version, updated_by, updated_at: isoTime(written.time), changed: true };
  }
  const { version, updated_by, updated_at } = presentOf(state.knowledge, topic);
  return { topic, version, updated_by, updated_at: isoTime(updated_at), changed: false };
}

/** What deleting answers. */
export function answerDelete(state: SwarmState, topic: string, events: readonly LogEvent[]): OutputOf<'knowledge.delete'> {
  const deleted = events.find((event) => event.type === 'knowledge_deleted');
  return { topic, status: 'deleted', version: deleted?.data.version ?? newestOf(state.knowledge, topic).version };
}

/** A topic, or an earlier version of it. */
export async function getKnowledge(state: SwarmState, input: InputOf<'knowledge.get'>, log: LogReader): Promise<OutputOf<'knowledge.get'>> {
  const { topic, version } = input;
  const newest = newestOf(state.knowledge, topic);
  const present = state.knowledge.topics.get(topic);
  if (present !== undefined && (version === undefined || version === present.version)) {
    return { knowledge: { ...showSummary(present), content: present.content } };
  }
  if (version === undefined || newest.version === 0) throw new Failure('knowledge_unknown', { topic });
  for await (const event of versionsOf(log, newest.seq)) {
    if (event.data.version > version) continue;
    if (event.type !== 'knowledge_written' || event.data.version !== version) break;
    const { deleted: _, ...summary } = showVersion(event);
    return { knowledge: { ...summary, content: event.data.content } };
  }
  throw new Failure('knowledge_version_unknown', { topic, version, newest: newest.version });
}

/** A page of topics. */
export function listKnowledge({ knowledge }: SwarmState, input: InputOf<'knowledge.list'>): OutputOf<'knowledge.list'> {
  const { prefix = '', tag, cursor, limit = PAGE } = input;
  const { order } = knowledge;
  const topics: KnowledgeSummary[] = [];
  let place = placeOf(knowledge, cursor !== undefined && cursor > prefix ? `${cursor}\u0000` : prefix);
  for (; place < order.length; place += 1) {
    const topic = order[place] ?? '';
    if (!topic.startsWith(prefix)) break;
    const entry = knowledge.topics.get(topic);
    if (entry === undefined || (tag !== undefined && !entry.tags.includes(tag))) continue;
    if (topics.length === limit) return { topics, next_cursor: topics.at(-1)?.topic ?? null };
    topics.push(showSummary(entry));
  }
  return { topics, next_cursor: null };
}

/** The versions of a topic, newest first. */
export async function knowledgeHistory(
  state: SwarmState,
  input: InputOf<'knowledge.history'>,
  log: LogReader,
): Promise<OutputOf<'knowledge.history'>> {
  const { topic, cursor, limit = PAGE } = input;
  const newest = newestOf(state.knowledge, topic);
  if (newest.version === 0) throw new Failure('knowledge_unknown', { topic });
  const versions: KnowledgeVersion[] = [];
  for await (const event of versionsOf(log, cursor === undefined ? newest.seq : placeNamed(cursor, newest.seq))) {
    if (event.data.topic !== topic) throw foreignCursor();
    if (versions.length === limit) return { versions, next_cursor: String(event.seq) };
    versions.push(showVersion(event));
  }
  return { versions, next_cursor: null };
}

/** A topic without its content. */
export function showSummary({ topic, version, updated_by, updated_at, tags, source }: Knowledge): KnowledgeSummary {
  return { topic, version, updated_by, updated_at: isoTime(updated_at), tags: [...tags], source };
}

async function* versionsOf(log: LogReader, newest: number): AsyncGenerator<KnowledgeEvent> {
  let seq = newest;
  for (let steps = 0; seq > 0 && steps < STEPS_AT_MOST; steps += 1) {
    const event = await log.at(seq);
    if (event === null || (event.type !== 'knowledge_written' && event.type !== 'knowledge_deleted')) return;
    yield event;
    seq = event.data.before;
  }
}

function showVersion(event: KnowledgeEvent): KnowledgeVersion {
  const { topic, version, updated_by } = event.data;
  const written = event.type === 'knowledge_written' ? event.data : null;
  const tags = [...(written?.tags ?? [])];
  return { topic, version, updated_by, updated_at: isoTime(event.time), tags, source: written?.source ?? null, deleted: written === null };
}

function presentOf(base: KnowledgeBase, topic: string): Knowledge {
  const present = base.topics.get(topic);
  if (present === undefined) throw new Failure('knowledge_unknown', { topic });
  return present;
}

function placeNamed(cursor: string, newest: number): number {
  if (!/^\d{1,15}$/.test(cursor) || Number(cursor) > newest) throw foreignCursor();
  return Number(cursor);
}

function foreignCursor(): Failure {
  return new Failure('invalid_input', { issues: 'cursor: not a cursor of this list' });
}
