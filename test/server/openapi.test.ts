/**
 * The description of the HTTP door: valid OpenAPI 3.1, complete, and the same as the served one.
 * That the checked-in one is the same is for `npm run docs:check` to say.
 */
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OPERATIONS, type OperationName } from '../../src/contract/operations.ts';
import { openApi } from '../../src/server/openapi.ts';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';

interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Described>>;
  readonly components: { readonly schemas: Record<string, object> };
}

interface Described {
  readonly operationId: string;
  readonly parameters: {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly schema: Record<string, unknown>;
  }[];
  readonly requestBody?: object;
  readonly responses: Record<string, object>;
}

const document = openApi() as unknown as Document;
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server.close());

test('is valid OpenAPI 3.1', async () => {
  const result = await new Validator().validate(JSON.parse(JSON.stringify(document)) as Record<string, unknown>);
  expect(result).toMatchObject({ valid: true });
  expect(document.openapi).toBe('3.1.0');
});

test('describes every path of every operation, and nothing else but the batch', () => {
  const described = Object.entries(document.paths).flatMap(([path, verbs]) =>
    Object.keys(verbs).map((verb) => `${verb.toUpperCase()} ${path}`),
  );
  const defined = Object.values(OPERATIONS).flatMap(({ paths }) => paths.map(({ method, path }) => `${method} ${path}`));
  expect(described.toSorted()).toEqual(['POST /batch', ...defined].toSorted());
});

test('names every operation once', () => {
  const ids = Object.values(document.paths).flatMap((verbs) => Object.values(verbs).map(({ operationId }) => operationId));
  expect(new Set(ids).size).toBe(ids.length);
  for (const name of Object.keys(OPERATIONS) as OperationName[]) expect(ids).toContain(name);
});

test('puts fields where they are read from', () => {
  const request = document.paths['/work/request']?.['get'];
  expect(request?.requestBody).toBeUndefined();
  expect(request?.parameters).toContainEqual({
    name: 'session_id',
    in: 'query',
    required: true,
    description: expect.any(String),
    schema: expect.objectContaining({ type: 'string' }),
  });
  expect(request?.parameters).toContainEqual({
    name: 'wait',
    in: 'query',
    required: false,
    description: expect.any(String),
    schema: { type: 'number', minimum: 0, maximum: 300 },
  });
  const show = document.paths['/task/{task_id}']?.['get'];
  expect(show?.parameters).toContainEqual(expect.objectContaining({ name: 'task_id', in: 'path', required: true }));
  const add = document.paths['/work/add']?.['post'];
  expect(add?.requestBody).toEqual({
    required: true,
    content: { 'application/json': { schema: { $ref: '#/components/schemas/work.add.input' } } },
  });
});

test('refers only to schemas that it has, and has none that nothing refers to', () => {
  const referred = new Set([...JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, id]) => id));
  expect(referred).toEqual(new Set(Object.keys(document.components.schemas)));
});

test('refuses unknown fields in requests and allows them in answers', () => {
  const { schemas } = document.components;
  expect(schemas['session.register.input']).toMatchObject({ additionalProperties: false });
  expect(schemas['session.register.output']).not.toHaveProperty('additionalProperties');
  expect(schemas['Task']).toMatchObject({ properties: { spec: { type: ['string', 'object'], description: 'Text or a JSON object.' } } });
});

test('is what the server says', async () => {
  const served = await server.request('/openapi.json', { token: null });
  expect(served.body).toEqual(JSON.parse(JSON.stringify(document)));
});
