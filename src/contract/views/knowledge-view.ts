/**
 * Knowledge as it is shown (A17).
 */
import { z } from 'zod';
import { knowledgeSource } from '../events/knowledge-events.ts';
import { textOrObject, timestamp, topicName } from '../ids.ts';

const version = z.int().positive().describe('1, 2, 3 …; a deletion is a version too.');

/** A topic without its content. */
export const knowledgeSummary = z.object({
  topic: topicName,
  version,
  updated_by: z.string().describe('A session, or the principal that wrote it.'),
  updated_at: timestamp,
  tags: z.array(z.string()),
  source: knowledgeSource.nullable().describe('Where it comes from.'),
});
/** A topic without its content. */
export type KnowledgeSummary = z.output<typeof knowledgeSummary>;

/** A topic with its content. */
export const knowledgeView = knowledgeSummary.extend({ content: textOrObject });

/** A version of a topic. */
export const knowledgeVersion = knowledgeSummary.extend({ deleted: z.boolean() });
/** A version of a topic. */
export type KnowledgeVersion = z.output<typeof knowledgeVersion>;

/** What a search found. */
export const knowledgeHit = knowledgeSummary.extend({
  score: z.number().describe('BM25; only to be compared within one search.'),
  snippet: z.string().describe('Where it matches best, some 200 characters.'),
});
/** What a search found. */
export type KnowledgeHit = z.output<typeof knowledgeHit>;
