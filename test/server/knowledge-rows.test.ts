/**
 * Row A17 over HTTP: the knowledge base, its versions, its search, and what a task is given of it.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { OperationName, OutputOf } from '../../src/contract/operations.ts';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';
import { expectProblem } from './expect-problem.ts';
import { callsTo, firstPath, ISO } from './operation-calls.ts';

let server: TestServer;

beforeEach(async () => {
  server = await startTestServer();
});

afterEach(() => server.close());

const { add, ask, register, requestWork } = callsTo(() => server);
const post = <N extends OperationName>(name: N, body: object): Promise<OutputOf<N>> => ask(name, firstPath(name).path, { body });

describe('A17 knowledge', () => {
  test('has topic, content, version, updated_by and updated_at, and keeps its versions', async () => {
    const { credential = '' } = await register('w1');
    const headers = { 'tutti-session': credential };
    const body = {
      topic: 'api/errors',
      content: 'Errors are problems.',
      tags: ['api'],
      source: { task_id: 'build-001', commit: 'abcdef1' },
    };
    const first = await ask('knowledge.put', '/knowledge/put', { body, headers });
    expect(first).toMatchObject({
      topic: 'api/errors',
      version: 1,
      updated_by: 'w1',
      updated_at: expect.stringMatching(ISO),
      changed: true,
    });
    await post('knowledge.put', { topic: 'api/errors', content: { format: 'RFC 9457' }, expected_version: 1 });
    const get = (more = '') => ask('knowledge.get', `/knowledge/get?topic=api%2Ferrors${more}`);
    expect((await get()).knowledge).toMatchObject({ content: { format: 'RFC 9457' }, version: 2, updated_by: 'role:admin' });
    expect((await get('&version=1')).knowledge).toMatchObject({ content: body.content, version: 1, updated_by: 'w1', source: body.source });
    const { versions } = await ask('knowledge.history', '/knowledge/history?topic=api/errors');
    expect(versions.map(({ version }) => version)).toEqual([2, 1]);
  });

  test('of two who write at once with the same expected version one is told to read again', async () => {
    await post('knowledge.put', { topic: 't', content: 'a' });
    const write = (content: string) => server.request('/knowledge/put', { body: { topic: 't', content, expected_version: 1 } });
    const answers = await Promise.all([write('b'), write('c')]);
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused).toHaveLength(1);
    for (const answer of refused) {
      expectProblem(answer, 'knowledge_conflict');
      expect(answer.body['params']).toMatchObject({ current: 2, expected: 1 });
    }
  });

  test('is listed, searched and deleted', async () => {
    await post('knowledge.put', { topic: 'api/errors', content: 'Every error has a stable code.' });
    await post('knowledge.put', { topic: 'style', content: 'Files are kebab-case.', tags: ['code'] });
    expect((await ask('knowledge.list', '/knowledge/list?prefix=api/')).topics).toMatchObject([{ topic: 'api/errors' }]);
    expect((await ask('knowledge.list', '/api/knowledge?tag=code')).topics).toMatchObject([{ topic: 'style' }]);
    const { results } = await ask('knowledge.search', '/knowledge/search?query=stable+errors');
    expect(results).toMatchObject([{ topic: 'api/errors', snippet: 'Every error has a stable code.' }]);
    expect((await ask('knowledge.search', '/knowledge/search?query=sta*')).results).toMatchObject([{ topic: 'api/errors' }]);
    for (const query of ['*', '%2A%2A%2A', '%00*', '%ED%A0%80*', '%ff', '%', '(*', '[a-*', '%5C*', 'a*+'.repeat(300), '認*', '"*"', '']) {
      expect([200, 400]).toContain((await server.request(`/knowledge/search?query=${query}`)).status);
    }
    expect(await post('knowledge.delete', { topic: 'style' })).toEqual({ topic: 'style', status: 'deleted', version: 2 });
    expectProblem(await server.request('/knowledge/get?topic=style'), 'knowledge_unknown');
    expectProblem(await server.request('/knowledge/get?topic=style&version=7'), 'knowledge_version_unknown');
    expectProblem(await server.request('/knowledge/put', { body: { topic: 't', content: 'x'.repeat(300_000) } }), 'event_too_large');
    for (const path of ['/knowledge/list?cursor=', '/knowledge/history?topic=style&cursor=x', '/knowledge/history?topic=style&cursor=99'])
      expect((await server.request(path)).status).toBe(path.includes('history') ? 400 : 200);
  });

  test('has a bound, and says so', async () => {
    for (let index = 0; index < 10_000; index += 1) {
      const input = { topic: `t${index}`, content: '' };
      void server.engine.execute({ name: 'knowledge.put', input, caller: { actor: 'test', credential: null } }, () => null);
    }
    expectProblem(await server.request('/knowledge/put', { body: { topic: 'more', content: '' } }), 'knowledge_full');
  });

  test('comes with a task that it fits', async () => {
    await post('knowledge.put', { topic: 'build/setup', content: 'Run npm ci first.', tags: ['build'] });
    await post('knowledge.put', { topic: 'unrelated', content: 'Something else.' });
    await register('w1', { wants_work: false });
    await add({ title: 'Build the parser' });
    const { task } = await requestWork('w1');
    expect(task?.context.knowledge).toMatchObject([{ topic: 'build/setup', content: 'Run npm ci first.', version: 1 }]);
  });
});
