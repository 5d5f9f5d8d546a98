/**
 * What the rules of knowledge refuse.
 */
import { EXIT, entry, type ErrorEntry } from './error-entry.ts';

/** What the rules of knowledge refuse. */
export const KNOWLEDGE_ERRORS = {
  knowledge_unknown: entry(404, EXIT.missing, 'Nothing is known about {topic}.', '`tutti knowledge list` shows the topics.'),
  knowledge_version_unknown: entry(
    404,
    EXIT.missing,
    'The topic {topic} has no version {version} to read; the newest is {newest}.',
    '`tutti knowledge history {topic}` shows its versions.',
  ),
  knowledge_conflict: entry(
    409,
    EXIT.conflict,
    'The topic {topic} is {found}, not at version {expected}.',
    'Read it again, bring both together, and write with expected_version {current}.',
  ),
  knowledge_full: entry(409, EXIT.conflict, 'The knowledge base is full: {reason}.', 'Delete or shorten topics that are no longer needed.'),
} as const satisfies Record<string, ErrorEntry>;
