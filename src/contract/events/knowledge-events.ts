/**
 * Events of knowledge. Each names the topic's event before it (`before`, 0 for the first), so that earlier versions are
 * read back from the log and cost no memory.
 */
import { z } from 'zod';
import { sequence, sessionId, tag, taskId, textOrObject, topicName } from '../ids.ts';

/** Where knowledge comes from. */
export const knowledgeSource = z.strictObject({
  task_id: taskId.optional(),
  session_id: sessionId.optional(),
  commit: z
    .string()
    .max(64)
    .regex(/^[0-9a-f]{7,64}$/, 'must be a commit: 7 to 64 hexadecimal digits')
    .optional(),
});
/** Where knowledge comes from. */
export type KnowledgeSource = z.output<typeof knowledgeSource>;

/** A topic got a version. */
export const knowledgeWritten = z.object({
  topic: topicName,
  before: sequence,
  version: z.int().positive(),
  content: textOrObject,
  tags: z.array(tag).optional(),
  source: knowledgeSource.optional(),
  /** A session, or a principal. */
  updated_by: z.string(),
});

/** A topic was deleted; that is a version too. */
export const knowledgeDeleted = z.object({ topic: topicName, before: sequence, version: z.int().positive(), updated_by: z.string() });
