/**
 * Operations of the knowledge base (A17): put, get, list, search, history, delete.
 */
import { z } from 'zod';
import { knowledgeSource } from '../events/knowledge-events.ts';
import { commandId, sessionId, tag, textOrObject, timestamp, topicName } from '../ids.ts';
import { command, get, post, query } from '../operation.ts';
import { knowledgeHit, knowledgeSummary, knowledgeVersion, knowledgeView } from '../views/knowledge-view.ts';

const version = z.int().positive();
const writer = sessionId.optional().describe('The session that writes; left out: that of the credential, or the principal.');
const expected = z.int().nonnegative().optional().describe('The version it must have now; 0: it must not be there. Left out: any.');
const prefix = z.string().max(256).optional().describe('Only topics that begin with this.');

/** Writing what is there already changes nothing. */
export const knowledgePut = command(
  'Write what is known about a topic, as a further version.',
  {
    input: z.strictObject({
      topic: topicName,
      content: textOrObject,
      expected_version: expected,
      tags: z.array(tag).max(20).optional(),
      source: knowledgeSource.optional().describe('Where it comes from.'),
      session_id: writer,
      command_id: commandId.optional(),
    }),
    output: z.object({
      topic: topicName,
      version,
      updated_by: z.string(),
      updated_at: timestamp,
      changed: z.boolean().describe('false: it said just this already.'),
    }),
  },
  { role: 'worker', paths: [post('/knowledge/put')], tool: 'put_knowledge' },
);

/** The newest version, or an earlier one from the log. */
export const knowledgeGet = query(
  'Read a topic; also an earlier version.',
  {
    input: z.strictObject({ topic: topicName, version: version.optional().describe('Left out: the newest.') }),
    output: z.object({ knowledge: knowledgeView }),
  },
  { role: 'viewer', paths: [get('/knowledge/get')], tool: 'get_knowledge' },
);

/** By topic, in the order of their characters. */
export const knowledgeList = query(
  'List topics.',
  {
    input: z.strictObject({
      prefix,
      tag: tag.optional(),
      cursor: z.string().max(512).optional(),
      limit: z.int().min(1).max(1000).optional(),
    }),
    output: z.object({ topics: z.array(knowledgeSummary), next_cursor: z.string().nullable() }),
  },
  { role: 'viewer', paths: [get('/knowledge/list'), get('/api/knowledge')], tool: 'list_knowledge' },
);

/** The best matches first. */
export const knowledgeSearch = query(
  'Search the knowledge base by words, or by the beginning of a word as in depl*.',
  {
    input: z.strictObject({
      query: z
        .string()
        .min(1)
        .max(1000)
        .describe('Words; those that few topics have count most. A star behind the beginning of a word finds all that begin so: depl*.'),
      prefix,
      tag: tag.optional(),
      limit: z.int().min(1).max(50).optional().describe('Default 10.'),
    }),
    output: z.object({ results: z.array(knowledgeHit) }),
  },
  { role: 'viewer', paths: [get('/knowledge/search')], tool: 'search_knowledge' },
);

/** Newest first; of a deleted topic too. */
export const knowledgeHistory = query(
  'List the versions of a topic, newest first.',
  {
    input: z.strictObject({ topic: topicName, cursor: z.string().max(512).optional(), limit: z.int().min(1).max(1000).optional() }),
    output: z.object({ versions: z.array(knowledgeVersion), next_cursor: z.string().nullable() }),
  },
  { role: 'viewer', paths: [get('/knowledge/history')], tool: 'knowledge_history' },
);

/** Its versions stay in the log. Repeating it is harmless. */
export const knowledgeDelete = command(
  'Delete a topic; its versions can still be read.',
  {
    input: z.strictObject({ topic: topicName, expected_version: expected, session_id: writer, command_id: commandId.optional() }),
    output: z.object({ topic: topicName, status: z.literal('deleted'), version }),
  },
  { role: 'worker', paths: [post('/knowledge/delete')], tool: 'delete_knowledge', destructive: true },
);
