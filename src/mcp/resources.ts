/**
 * The resources: the team at a glance, every task, every topic of the knowledge base, as JSON.
 */
import { Failure } from '../contract/failure.ts';
import type { McpBackend } from './mcp-backend.ts';

/** One resource of a list. */
export interface McpResource {
  readonly [field: string]: unknown;
  readonly uri: string;
  readonly name: string;
  readonly description: string;
  readonly mimeType: string;
}

const JSON_TYPE = 'application/json';
const LISTED = 100;
const STATUS = 'tutti://status';
const TASK = 'tutti://task/';
const KNOWLEDGE = 'tutti://knowledge/';

/** Resources that are named by a template. */
export const RESOURCE_TEMPLATES = [
  { uriTemplate: `${TASK}{task_id}`, name: 'task', description: 'One task and its history.', mimeType: JSON_TYPE },
  { uriTemplate: `${KNOWLEDGE}{+topic}`, name: 'knowledge', description: 'What is known under a topic.', mimeType: JSON_TYPE },
];

/** A page of resources: the status, then the topics. */
export async function listResources(
  backend: McpBackend,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<{ resources: McpResource[]; nextCursor?: string }> {
  const page = cursor === undefined ? { limit: LISTED } : { limit: LISTED, cursor };
  const listed = (await backend.call('knowledge.list', page, { signal })) as {
    readonly topics: readonly { readonly topic: string }[];
    readonly next_cursor: string | null;
  };
  const status = { uri: STATUS, name: 'status', description: 'The whole team at a glance.', mimeType: JSON_TYPE };
  const topics = listed.topics.map(({ topic }) => {
    const uri = `${KNOWLEDGE}${topic.split('/').map(encodeURIComponent).join('/')}`;
    return { uri, name: topic, description: 'What is known.', mimeType: JSON_TYPE };
  });
  return {
    resources: cursor === undefined ? [status, ...topics] : topics,
    ...(listed.next_cursor === null ? {} : { nextCursor: listed.next_cursor }),
  };
}

/** The text of a resource. Throws Failure, `resource_unknown` for a foreign address. */
export async function readResource(
  backend: McpBackend,
  uri: string,
  signal: AbortSignal,
): Promise<{ uri: string; mimeType: string; text: string }> {
  return { uri, mimeType: JSON_TYPE, text: JSON.stringify(await contentOf(backend, uri, signal)) };
}

function contentOf(backend: McpBackend, uri: string, signal: AbortSignal): Promise<unknown> {
  if (uri === STATUS) return backend.call('swarm.status', {}, { signal });
  if (uri.startsWith(TASK)) return backend.call('task.show', { task_id: decoded(uri, TASK) }, { signal });
  if (uri.startsWith(KNOWLEDGE)) return backend.call('knowledge.get', { topic: decoded(uri, KNOWLEDGE) }, { signal });
  return Promise.reject(new Failure('resource_unknown', { uri: uri.slice(0, 200) }));
}

function decoded(uri: string, prefix: string): string {
  try {
    return decodeURIComponent(uri.slice(prefix.length));
  } catch {
    throw new Failure('resource_unknown', { uri: uri.slice(0, 200) });
  }
}
