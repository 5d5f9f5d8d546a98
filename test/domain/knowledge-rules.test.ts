/**
 * The rules and views of the knowledge base, given/when/then, and random lives of it.
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TOPICS } from '../../src/domain/knowledge/state.ts';
import { ANYONE, dataOf, TestSwarm, typesOf } from '../support/test-swarm.ts';

const put = (swarm: TestSwarm, topic: string, content: unknown = topic, more: object = {}) =>
  swarm.run('knowledge.put', { topic, content, ...more });

const found = async (swarm: TestSwarm, query: string, more: object = {}): Promise<string[]> =>
  (await swarm.ask('knowledge.search', { query, ...more })).results.map(({ topic }) => topic);

describe('A17 knowledge', () => {
  test('is {topic, content, version, updated_by, updated_at}, with tags and where it comes from', async () => {
    const swarm = new TestSwarm();
    swarm.register('w1');
    const source = { task_id: 'build-001', session_id: 'w1', commit: 'abcdef1' };
    put(swarm, 'api/errors', { format: 'RFC 9457' }, { session_id: 'w1', tags: ['api', 'api'], source });
    expect(await swarm.ask('knowledge.get', { topic: 'api/errors' })).toEqual({
      knowledge: {
        topic: 'api/errors',
        content: { format: 'RFC 9457' },
        version: 1,
        updated_by: 'w1',
        updated_at: new Date(swarm.now).toISOString(),
        tags: ['api'],
        source,
      },
    });
  });

  test('is written by a session, by the session of a credential, or by a principal', () => {
    const swarm = new TestSwarm();
    const incarnation = swarm.register('w1');
    const caller = { actor: 'session:w1', credential: { session_id: 'w1', incarnation } };
    const by = (input: object, who = ANYONE) =>
      dataOf(swarm.must('knowledge.put', { topic: 't', content: `${swarm.log.length}`, ...input }, who), 'knowledge_written').updated_by;
    expect([by({ session_id: 'w1' }), by({}, caller), by({})]).toEqual(['w1', 'w1', 'test']);
    expect(typesOf(put(swarm, 't', 'x', { session_id: 'nobody' }))).toBe('session_unknown');
    expect(typesOf(swarm.run('knowledge.put', { topic: 't', content: 'x', session_id: 'w2' }, caller))).toBe('session_unknown');
  });

  test('keeps its versions: each can be read, and the history names them', async () => {
    const swarm = new TestSwarm();
    for (const content of ['one', 'two', 'three']) put(swarm, 'topic', content);
    const get = async (version?: number) =>
      (await swarm.ask('knowledge.get', { topic: 'topic', ...(version === undefined ? {} : { version }) })).knowledge.content;
    expect([await get(1), await get(2), await get(3), await get()]).toEqual(['one', 'two', 'three', 'three']);
    await expect(get(4)).rejects.toMatchObject({ code: 'knowledge_version_unknown', params: { newest: 3 } });
    const first = await swarm.ask('knowledge.history', { topic: 'topic', limit: 2 });
    expect(first.versions.map(({ version }) => version)).toEqual([3, 2]);
    const rest = await swarm.ask('knowledge.history', { topic: 'topic', cursor: first.next_cursor ?? '' });
    expect(rest).toMatchObject({ versions: [{ version: 1, deleted: false }], next_cursor: null });
  });

  test('is written with the expected version, or refused with the current one', () => {
    const swarm = new TestSwarm();
    expect(put(swarm, 't', 'a', { expected_version: 1 })).toMatchObject({ refused: 'knowledge_conflict', params: { current: 0 } });
    expect(typesOf(put(swarm, 't', 'a', { expected_version: 0 }))).toEqual(['knowledge_written']);
    expect(put(swarm, 't', 'b', { expected_version: 0 })).toMatchObject({ refused: 'knowledge_conflict', params: { current: 1 } });
    expect(typesOf(put(swarm, 't', 'b', { expected_version: 1 }))).toEqual(['knowledge_written']);
    expect(swarm.run('knowledge.delete', { topic: 't', expected_version: 1 })).toMatchObject({ refused: 'knowledge_conflict' });
  });

  test('that says the same as before makes no version; other tags or another source do', async () => {
    const swarm = new TestSwarm();
    put(swarm, 't', { a: 1, b: [2] }, { tags: ['x'] });
    expect(typesOf(put(swarm, 't', { b: [2], a: 1 }, { tags: ['x'] }))).toEqual([]);
    expect(await swarm.answer('knowledge.put', { topic: 't', content: { a: 1, b: [2] }, tags: ['x'] })).toMatchObject({
      version: 1,
      changed: false,
    });
    for (const more of [{ tags: ['y'] }, { tags: ['y'], source: { task_id: 'a' } }]) {
      expect(typesOf(put(swarm, 't', { a: 1, b: [2] }, more))).toEqual(['knowledge_written']);
    }
    expect(typesOf(put(swarm, 't', '{"a":1,"b":[2]}', { tags: ['y'], source: { task_id: 'a' } }))).toEqual(['knowledge_written']);
  });

  test('is deleted as a version: gone from lists and search, its versions still there, and written again it goes on', async () => {
    const swarm = new TestSwarm();
    put(swarm, 't', 'first');
    expect(await swarm.answer('knowledge.delete', { topic: 't' })).toEqual({ topic: 't', status: 'deleted', version: 2 });
    expect(typesOf(swarm.must('knowledge.delete', { topic: 't', expected_version: 1 }))).toEqual([]);
    await expect(swarm.ask('knowledge.get', { topic: 't' })).rejects.toMatchObject({ code: 'knowledge_unknown' });
    await expect(swarm.ask('knowledge.get', { topic: 't', version: 2 })).rejects.toMatchObject({ code: 'knowledge_version_unknown' });
    expect((await swarm.ask('knowledge.get', { topic: 't', version: 1 })).knowledge.content).toBe('first');
    expect([(await swarm.ask('knowledge.list', {})).topics, await found(swarm, 'first')]).toEqual([[], []]);
    put(swarm, 't', 'again', { expected_version: 0 });
    const { versions } = await swarm.ask('knowledge.history', { topic: 't' });
    expect(versions.map(({ version, deleted }) => [version, deleted])).toEqual([
      [3, false],
      [2, true],
      [1, false],
    ]);
  });

  test('is listed by topic, by prefix and by tag, in pages that stay right when topics come and go', async () => {
    const swarm = new TestSwarm();
    for (const topic of ['b', 'api/z', 'api/a', 'api', 'c', 'apis'])
      put(swarm, topic, topic, { tags: [topic.startsWith('api/') ? 'api' : 'x'] });
    const topics = async (input: object) => (await swarm.ask('knowledge.list', input)).topics.map(({ topic }) => topic);
    expect(await topics({})).toEqual(['api', 'api/a', 'api/z', 'apis', 'b', 'c']);
    expect(await topics({ prefix: 'api/' })).toEqual(['api/a', 'api/z']);
    expect(await topics({ tag: 'api' })).toEqual(['api/a', 'api/z']);
    const page = await swarm.ask('knowledge.list', { limit: 2 });
    swarm.must('knowledge.delete', { topic: 'api/a' });
    put(swarm, 'aa');
    expect(await topics({ limit: 2, cursor: page.next_cursor ?? '' })).toEqual(['api/z', 'apis']);
    expect(await topics({ prefix: 'api/', cursor: 'api/a' })).toEqual(['api/z']);
    expect((await swarm.ask('knowledge.list', { cursor: 'b' })).next_cursor).toBeNull();
  });

  test('of nothing, too large, or beyond the bound is refused', async () => {
    const swarm = new TestSwarm();
    expect(typesOf(swarm.run('knowledge.delete', { topic: 't' }))).toBe('knowledge_unknown');
    for (const name of ['knowledge.get', 'knowledge.history'] as const) {
      await expect(swarm.ask(name, { topic: 't' })).rejects.toMatchObject({ code: 'knowledge_unknown' });
    }
    expect(typesOf(put(swarm, 't', 'x'.repeat(250_000)))).toBe('event_too_large');
    for (let index = 0; index < TOPICS; index += 1) put(swarm, `t${index}`, '');
    expect(put(swarm, 'more')).toMatchObject({ refused: 'knowledge_full' });
    expect(typesOf(put(swarm, 't0', 'other'))).toEqual(['knowledge_written']);
    swarm.must('knowledge.delete', { topic: 't1' });
    expect(typesOf(put(swarm, 'more'))).toEqual(['knowledge_written']);
  });

  test('has a bound for all its contents together', () => {
    const swarm = new TestSwarm();
    const large = 'x'.repeat(240_000);
    const count = Math.floor((64 * 1_048_576) / 240_002);
    for (let index = 0; index < count; index += 1) put(swarm, `t${index}`, large);
    expect(put(swarm, 'more', large)).toMatchObject({ refused: 'knowledge_full' });
    expect(typesOf(put(swarm, 't0', `${large.slice(1)}y`))).toEqual(['knowledge_written']);
  });
});

describe('A17 search', () => {
  function library(): TestSwarm {
    const swarm = new TestSwarm();
    put(swarm, 'api/errors', 'Every error is a problem of RFC 9457, with a stable code.');
    put(swarm, 'api/paging', 'Lists are paged by cursor. An unknown cursor is an error.');
    put(swarm, 'build/setup', { node: 'at least 24', steps: ['npm ci', 'npm run check'] }, { tags: ['build'] });
    put(swarm, 'style', 'Files are kebab-case; parseConfigFile is camelCase.');
    return swarm;
  }

  test('ranks what has more of the rarer words first', async () => {
    const swarm = library();
    expect(await found(swarm, 'error')).toEqual(['api/errors', 'api/paging']);
    expect(await found(swarm, 'cursor error')).toEqual(['api/paging', 'api/errors']);
    expect(await found(swarm, 'nothing of this')).toEqual(['api/errors']);
    expect(await found(swarm, '!!!')).toEqual([]);
  });

  test('finds words in any case, in the plural, in JSON, in tags, and names by their parts', async () => {
    const swarm = library();
    expect(await found(swarm, 'CURSORS')).toEqual(['api/paging']);
    expect(await found(swarm, 'npm')).toEqual(['build/setup']);
    expect(await found(swarm, 'builds')).toEqual(['build/setup']);
    expect(await found(swarm, 'config')).toEqual(['style']);
    expect(await found(swarm, 'parseconfigfile')).toEqual(['style']);
  });

  test('keeps to a prefix, a tag and a limit, and follows what was written last', async () => {
    const swarm = library();
    expect(await found(swarm, 'error cursor npm', { prefix: 'api/', limit: 1 })).toEqual(['api/paging']);
    expect(await found(swarm, 'error cursor npm', { tag: 'build' })).toEqual(['build/setup']);
    put(swarm, 'style', 'No cursor here.');
    expect(await found(swarm, 'config')).toEqual([]);
    expect((await found(swarm, 'cursor')).toSorted()).toEqual(['api/paging', 'style']);
  });

  test('shows the part that matches best', async () => {
    const swarm = new TestSwarm();
    put(swarm, 'long', `${'Lorem ipsum dolor sit amet. '.repeat(40)}The retry budget is three attempts.${' And so on and on.'.repeat(40)}`);
    const [hit] = (await swarm.ask('knowledge.search', { query: 'retry budget' })).results;
    expect(hit?.snippet).toMatch(/^… .*The retry budget is three attempts\..* …$/);
    expect(hit?.snippet.length).toBeLessThan(210);
  });

  test('gives a task that is handed out what fits it: whole when it is short', async () => {
    const swarm = library();
    put(swarm, 'build/long', `npm ${'x '.repeat(3000)}`, { tags: ['build'] });
    swarm.register('w1', ['build']);
    swarm.add({ type: 'build', title: 'Run the npm setup', required_capability: 'build' });
    const { task } = await swarm.answer('work.request', { session_id: 'w1' }, ['w1']);
    expect(task?.context.knowledge).toMatchObject([
      { topic: 'build/setup', content: { node: 'at least 24' } },
      { topic: 'build/long', content: null },
    ]);
  });
});

const TOPIC_NAMES = ['a', 'a/b', 'a/c', 'b', 'c'] as const;
const step = fc.record({
  kind: fc.constantFrom('put', 'put', 'put', 'delete'),
  topic: fc.constantFrom(...TOPIC_NAMES),
  words: fc.array(fc.constantFrom('red', 'green', 'blue', 'parseFile', 'error'), { maxLength: 4 }),
  expected: fc.option(fc.nat(4), { nil: undefined, freq: 3 }),
});

test('A17 in any life of the knowledge base versions have no hole, lists are in order, search finds exactly what is there, and the log folds into the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const swarm = new TestSwarm();
      const versions = new Map<string, (string | null)[]>();
      for (const { kind, topic, words, expected } of steps) {
        const more = expected === undefined ? {} : { expected_version: expected };
        const content = words.join(' ');
        const present = swarm.state.knowledge.topics.get(topic)?.version ?? 0;
        const outcome = kind === 'put' ? put(swarm, topic, content, more) : swarm.run('knowledge.delete', { topic, ...more });
        if ('refused' in outcome) {
          expect(outcome.refused === 'knowledge_unknown' || present !== expected).toBe(true);
          continue;
        }
        for (const event of outcome)
          versions.set(topic, [...(versions.get(topic) ?? []), event.type === 'knowledge_written' ? content : null]);
      }
      const base = swarm.state.knowledge;
      expect(base.order).toEqual([...base.topics.keys()].toSorted());
      for (const [topic, contents] of versions) {
        const { versions: listed } = await swarm.ask('knowledge.history', { topic });
        expect(listed.map(({ version }) => version)).toEqual(contents.map((_, index) => contents.length - index));
        for (const [index, content] of contents.entries()) {
          if (content === null) continue;
          expect((await swarm.ask('knowledge.get', { topic, version: index + 1 })).knowledge.content).toBe(content);
        }
      }
      const having = [...base.topics.values()]
        .filter(({ content }) => JSON.stringify(content).includes('parseFile'))
        .map(({ topic }) => topic);
      expect((await found(swarm, 'parseFile')).toSorted()).toEqual(having.toSorted());
      const again = swarm.refold().knowledge;
      expect([again.order, again.size, [...again.topics], [...again.deleted], again.index.size]).toEqual([
        base.order,
        base.size,
        [...base.topics],
        [...base.deleted],
        base.index.size,
      ]);
    }),
    { numRuns: 200 },
  );
});
