/**
 * OpenAPI 3.1 of the HTTP door, derived from the operations table. docs/reference/openapi.json is its checked-in form.
 */
import { z } from 'zod';
import packageJson from '../../package.json' with { type: 'json' };
import { batchInput, batchOutput } from '../contract/batch.ts';
import { type HttpPath, type Operation, post } from '../contract/operation.ts';
import { OPERATIONS, type OperationName } from '../contract/operations.ts';
import { problem } from '../contract/problem.ts';
import { settings } from '../contract/settings.ts';
import { eventView } from '../contract/views/event-view.ts';
import { knowledgeHit, knowledgeSummary, knowledgeView } from '../contract/views/knowledge-view.ts';
import { lockView } from '../contract/views/lock-view.ts';
import { messageView, sentMessageView } from '../contract/views/message-view.ts';
import { sessionView } from '../contract/views/session-view.ts';
import { statusView } from '../contract/views/status-view.ts';
import { assignmentView, historyEntry, taskContext, taskView } from '../contract/views/task-view.ts';
import { fieldsOf } from './http-input.ts';

type JsonSchema = Readonly<Record<string, unknown>>;
type Described = Pick<Operation, 'summary' | 'input' | 'output' | 'kind' | 'role'>;

const NAMED: Readonly<Record<string, z.ZodType>> = {
  Problem: problem,
  Settings: settings,
  Event: eventView,
  Session: sessionView,
  Status: statusView,
  Task: taskView,
  TaskContext: taskContext,
  Assignment: assignmentView,
  HistoryEntry: historyEntry,
  Knowledge: knowledgeView,
  KnowledgeSummary: knowledgeSummary,
  KnowledgeHit: knowledgeHit,
  Message: messageView,
  SentMessage: sentMessageView,
  Lock: lockView,
};
const BATCH: Described = {
  kind: 'command',
  summary: 'Many calls in one request, each answered for itself, in their order; each needs the role of its operation.',
  input: batchInput,
  output: batchOutput,
  role: 'viewer',
};
const PROBLEM = { $ref: '#/components/schemas/Problem' };
const CREDENTIAL = {
  name: 'tutti-session',
  in: 'header',
  required: false,
  description: 'Credential that register returned: proves the incarnation of the session.',
  schema: { type: 'string' },
};
const IDEMPOTENCY_KEY = {
  name: 'idempotency-key',
  in: 'header',
  required: false,
  description: 'The same as `command_id` in the body.',
  schema: { type: 'string', maxLength: 128 },
};

/** The description of the HTTP door. */
export function openApi(): JsonSchema {
  const named = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(NAMED)) named.add(schema, { id });
  const { paths, schemas } = describePaths(named);
  return {
    openapi: '3.1.0',
    info: {
      title: packageJson.name,
      version: packageJson.version,
      description: `${packageJson.description} Generated from the operations table.`,
      license: { name: packageJson.license, identifier: packageJson.license },
    },
    servers: [
      { url: '/', description: "The token's swarm." },
      { url: '/s/{swarm}', description: 'Any swarm.', variables: { swarm: { default: 'default' } } },
    ],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: '`tutti token` prints one.' } },
      schemas,
    },
  };
}

function describePaths(named: z.core.$ZodRegistry<{ id: string }>): { paths: JsonSchema; schemas: JsonSchema } {
  const operations: [string, HttpPath, Described][] = [['batch', post('/batch'), BATCH]];
  for (const name of Object.keys(OPERATIONS) as OperationName[]) {
    const operation: Operation = OPERATIONS[name];
    operation.paths.forEach((path, index) => operations.push([index === 0 ? name : `${name}.${index + 1}`, path, operation]));
  }
  for (const [id, , { input, output }] of operations) {
    if (!named.has(input)) named.add(input, { id: `${id}.input` });
    if (!named.has(output)) named.add(output, { id: `${id}.output` });
  }
  const { schemas } = z.toJSONSchema(named, {
    target: 'draft-2020-12',
    io: 'input',
    unrepresentable: 'any',
    uri: (id) => `#/components/schemas/${id}`,
  });
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [id, { method, path }, described] of operations) {
    const verb = method.toLowerCase();
    const ids = { input: named.get(described.input)?.id ?? '', output: named.get(described.output)?.id ?? '' };
    paths[path] = { ...paths[path], [verb]: describeOperation(id, { path, verb }, described, { ids, schemas }) };
  }
  return { paths, schemas: Object.fromEntries(componentsOf(schemas, paths)) };
}

function describeOperation(
  id: string,
  { path, verb }: { readonly path: string; readonly verb: string },
  { summary, input, kind, role }: Described,
  {
    ids,
    schemas,
  }: { readonly ids: { readonly input: string; readonly output: string }; readonly schemas: Readonly<Record<string, unknown>> },
): JsonSchema {
  const inPath = new Set([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
  const { properties = {}, required = [] } = schemas[ids.input] as { properties?: Record<string, JsonSchema>; required?: string[] };
  const parameters = fieldsOf(input)
    .map(([name]) => name)
    .filter((name) => inPath.has(name) || verb === 'get')
    .map((name) => {
      const { description, ...schema } = properties[name] ?? {};
      const place = inPath.has(name) ? 'path' : 'query';
      return {
        name,
        in: place,
        required: place === 'path' || required.includes(name),
        ...(description === undefined ? {} : { description }),
        schema,
      };
    });
  const body = { required: true, content: { 'application/json': { schema: { $ref: `#/components/schemas/${ids.input}` } } } };
  const hasBody = verb !== 'get';
  return {
    operationId: id,
    summary,
    tags: [id.replace(/\..*$/, '')],
    'x-tutti-kind': kind,
    'x-tutti-role': role,
    parameters: [...parameters, CREDENTIAL, ...(kind === 'command' && id !== 'batch' ? [IDEMPOTENCY_KEY] : [])],
    ...(hasBody ? { requestBody: body } : {}),
    responses: {
      200: {
        description: 'Done and durable.',
        content: { 'application/json': { schema: { $ref: `#/components/schemas/${ids.output}` } } },
      },
      default: { description: 'Refused or failed; nothing changed.', content: { 'application/problem+json': { schema: PROBLEM } } },
    },
  };
}

/** The schemas that something refers to; inputs that come as query parameters are described there. */
function componentsOf(schemas: Readonly<Record<string, unknown>>, paths: unknown): [string, unknown][] {
  const bare = Object.entries(schemas).map(([id, schema]): [string, unknown] => {
    const { $schema: _schema, $id: _id, ...rest } = schema as Record<string, unknown>;
    return [id, rest];
  });
  const text = JSON.stringify([paths, bare]);
  return bare.filter(([id]) => text.includes(`"#/components/schemas/${id}"`));
}
