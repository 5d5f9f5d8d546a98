/**
 * What the rules know of the knowledge base: the newest version of every topic, and what finds it.
 *
 * A topic's versions are 1, 2, 3 … without a hole; its deletion is one of them. Earlier versions are in the log, each
 * naming the event before it.
 * Bounds: 10,000 topics and 64 MiB of content; more is refused. A deleted topic keeps its version and its place in the
 * log while it is among the 10,000 deleted last; after that it begins anew at version 1.
 */
import type { KnowledgeSource } from '../../contract/events/knowledge-events.ts';
import type { Json } from '../../contract/ids.ts';
import { placeIn } from './term-list.ts';
import { WordIndex } from './word-index.ts';
import { textOf } from './words.ts';

/** Topics there may be. */
export const TOPICS = 10_000;
/** Content there may be, in characters of JSON. */
export const CONTENT_SIZE = 64 * 1_048_576;
const DELETED_KEPT = 10_000;

/** The newest version of a topic. */
export interface Knowledge {
  readonly topic: string;
  readonly version: number;
  /** The event that wrote it. */
  readonly seq: number;
  readonly content: Json;
  readonly size: number;
  readonly tags: readonly string[];
  readonly source: KnowledgeSource | null;
  readonly updated_by: string;
  /** ms since 1970. */
  readonly updated_at: number;
}

/** What is left of a deleted topic. */
export interface DeletedTopic {
  readonly version: number;
  readonly seq: number;
}

/** The knowledge base. */
export interface KnowledgeBase {
  readonly topics: Map<string, Knowledge>;
  /** Its topics in the order of their characters. */
  readonly order: string[];
  /** The oldest deletion first. */
  readonly deleted: Map<string, DeletedTopic>;
  readonly index: WordIndex;
  size: number;
}

/** Nothing known. */
export function createKnowledge(): KnowledgeBase {
  return { topics: new Map(), order: [], deleted: new Map(), index: new WordIndex(), size: 0 };
}

/** The version and the last event of a topic, there or deleted; 0 and 0 for one that never was. */
export function newestOf(base: KnowledgeBase, topic: string): DeletedTopic {
  return base.topics.get(topic) ?? base.deleted.get(topic) ?? NEVER;
}

/** Takes a version in. */
export function keep(base: KnowledgeBase, knowledge: Knowledge): void {
  const { topic, tags, content, size } = knowledge;
  const before = base.topics.get(topic);
  base.size += size - (before?.size ?? 0);
  if (before === undefined) base.order.splice(placeOf(base, topic), 0, topic);
  base.deleted.delete(topic);
  base.topics.set(topic, knowledge);
  base.index.put({ topic, tags, text: textOf(content) });
}

/** Deletes a topic. */
export function drop(base: KnowledgeBase, topic: string, left: DeletedTopic): void {
  const before = base.topics.get(topic);
  if (before !== undefined) {
    base.size -= before.size;
    base.topics.delete(topic);
    base.order.splice(placeOf(base, topic), 1);
    base.index.delete(topic);
  }
  base.deleted.delete(topic);
  base.deleted.set(topic, left);
  if (base.deleted.size <= DELETED_KEPT) return;
  const [oldest] = base.deleted.keys();
  if (oldest !== undefined) base.deleted.delete(oldest);
}

/** Where a topic stands, or would stand, in the order: the first place that is not before it. */
export function placeOf({ order }: KnowledgeBase, topic: string): number {
  return placeIn(order, topic);
}

const NEVER: DeletedTopic = Object.freeze({ version: 0, seq: 0 });
