/** B12, C7: the history of one task, one session or one kind of event is found without reading the whole log. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { InputOf } from '../../src/contract/operations.ts';
import { openSqliteReader } from '../../src/journal/sqlite/sqlite-reader.ts';
import { EventIndex } from '../../src/travel/event-index.ts';
import { MomentLogReader } from '../../src/travel/moment-log.ts';
import { ThreadMoments } from '../../src/travel/thread-moments.ts';
import { listEvents } from '../../src/views/event-list.ts';
import type { TestEngine } from '../engine/test-engine.ts';
import { engineOn, liveALittle, testFolder } from './sample-swarm.ts';

/** A log of some thousand events: a few of one session among very many of others. */
async function longLog(folder: string): Promise<TestEngine> {
  const engine = await engineOn(folder);
  await liveALittle(engine);
  for (let part = 0; part < 4; part += 1) {
    const tasks = Array.from({ length: 700 }, (_, index) => ({ id: `part-${part}-${index}`, type: 'other', title: 'x' }));
    await engine.call('work.add', { tasks });
    await engine.call('work.claim', { session_id: 'eng-2', task_id: `part-${part}-7` });
    await engine.call('work.complete', { session_id: 'eng-2', task_id: `part-${part}-7`, status: 'completed' });
  }
  return engine;
}

interface Beds {
  readonly indexed: MomentLogReader;
  readonly plain: MomentLogReader;
  readonly index: EventIndex;
}

async function readersOf(folder: string, head?: number): Promise<Beds> {
  const log = openSqliteReader(folder);
  const index = new EventIndex(folder);
  onTestFinished(async () => {
    index.close();
    await log.close();
  });
  await index.follow(log, () => undefined);
  const seq = head ?? log.head.seq;
  return { index, indexed: new MomentLogReader(log, seq, index), plain: new MomentLogReader(log, seq) };
}

/** Everything that a search finds, page after page. */
async function allOf(input: InputOf<'event.list'>, log: MomentLogReader): Promise<readonly number[]> {
  const found: number[] = [];
  for (let since: number | null = 0; since !== null;) {
    const { events, next } = await listEvents({ ...input, since }, log);
    found.push(...events.map(({ seq }) => seq));
    since = next;
  }
  return found;
}

const SEARCHES: readonly InputOf<'event.list'>[] = [
  { session_id: 'eng-1' },
  { session_id: 'eng-2', limit: 3 },
  { task_id: 'job-3' },
  { task_id: 'part-3-7', session_id: 'eng-2' },
  { type: 'task_completed', session_id: 'eng-2', limit: 1 },
  { type: 'knowledge_written' },
  { task_id: 'none' },
  { type: 'task_added', session_id: 'eng-1' },
];

describe('an index of events', () => {
  test('finds what a look through the log finds, at any moment, and the newest of it', async () => {
    const folder = testFolder();
    const engine = await longLog(folder);
    for (const head of [undefined, 1, 257, 900]) {
      const { indexed, plain } = await readersOf(folder, head);
      for (const search of SEARCHES) {
        const expected = await allOf(search, plain);
        expect(await allOf(search, indexed)).toEqual(expected);
        const newest = (await listEvents(search, indexed)).events.map(({ seq }) => seq);
        expect(newest).toEqual(expected.slice(-(search.limit ?? 100)));
      }
    }
    await engine.close();
  });

  test('leaves out what does not name it', async () => {
    const folder = testFolder();
    const engine = await longLog(folder);
    const { index } = await readersOf(folder);
    const places: number[] = [];
    for (let block = index.next(['session eng-2'], 0); block !== null; block = index.next(['session eng-2'], block + 1)) places.push(block);
    expect(places.length).toBeGreaterThan(3);
    expect(places.length).toBeLessThan(Math.floor(engine.engine.feed.head / 256) - 3);
    await engine.close();
  });

  test('goes on where it was, also beside another; a broken one, and one of another log, are made anew', async () => {
    const folder = testFolder();
    const engine = await longLog(folder);
    await readersOf(folder);
    await engine.add({ id: 'later' });
    const [one, other] = await Promise.all([readersOf(folder), readersOf(folder)]);
    for (const { indexed } of [one, other]) expect(await allOf({ task_id: 'later' }, indexed)).toHaveLength(1);
    for (const { index } of [one, other]) index.close();
    writeFileSync(join(folder, 'event-index.db'), 'no database at all, and longer than the header of one: '.repeat(4));
    expect(await allOf({ task_id: 'later' }, (await readersOf(folder)).indexed)).toHaveLength(1);
    await engine.close();
  });

  test('a server answers from it, and says what was just done', async () => {
    const folder = testFolder();
    const engine = await engineOn(folder, { moments: () => new ThreadMoments({ folder, swarm: 'test' }) });
    await liveALittle(engine);
    for (const index of [1, 2, 3]) {
      const task_id = await engine.add({ id: `now-${index}` });
      expect((await engine.call('event.list', { task_id })).events.map(({ type }) => type)).toEqual(['task_added']);
    }
    const { events } = await engine.call('event.list', { session_id: 'eng-1', type: 'lock_acquired', since: 0 });
    expect(events.map(({ data }) => data['name'])).toEqual(['file:src/**', 'deploy']);
    await engine.close();
  });
});
