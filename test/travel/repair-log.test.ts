/** A damaged log: what provably happened is kept under its number, and what is lost is said. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/contract/failure.ts';
import { repairLog } from '../../src/travel/repair-log.ts';
import { logTools } from '../../src/travel/log-tools.ts';
import { engineOn, liveALittle, testFolder } from './sample-swarm.ts';

const tools = logTools(() => Date.now());

async function written() {
  const folder = testFolder();
  const engine = await engineOn(folder, { settings: { finished_in_memory: 3 } });
  await liveALittle(engine, 40);
  const events = await engine.events();
  await engine.close();
  return { folder, events };
}

function damage(folder: string, sql: string): void {
  const database = new DatabaseSync(join(folder, 'journal.db'));
  database.exec(sql);
  database.close();
}

describe('E3: partial recovery of a damaged log', () => {
  test('a changed chunk costs its events and those that follow them; every other keeps its number', async () => {
    const { folder, events } = await written();
    const added = events.find((event) => event.type === 'task_added' && event.data.task_id === 'job-5');
    const seq = added?.seq ?? 0;
    damage(folder, `UPDATE chunks SET text = replace(text, 'job-5', 'job-6') WHERE first_seq <= ${seq} AND last_seq >= ${seq}`);
    const { damage: found } = await tools.verifyLog({ folder, swarm: 'test' });
    expect(found).toMatchObject({ good_events: expect.any(Number), readable_after: expect.any(Number) });
    const to = join(folder, 'repaired');
    const repaired = await repairLog({ from: folder, to, swarm: 'test' });
    const lost = new Set(
      repaired.lost.flatMap(({ first_seq, last_seq }) => Array.from({ length: last_seq - first_seq + 1 }, (_, at) => first_seq + at)),
    );
    expect(lost.has(seq)).toBe(true);
    expect(repaired.kept + lost.size).toBe(events.length);
    expect(repaired.tail_lost).toBe(0);
    const lostTasks = events
      .filter((event) => lost.has(event.seq))
      .flatMap((event) => ('task_id' in event.data ? [event.data.task_id] : []));
    expect(new Set(lostTasks)).toEqual(new Set(['job-5']));
    expect(repaired.lost.flatMap(({ subjects }) => subjects)).toContain('job-5');
    const engine = await engineOn(to, { settings: { finished_in_memory: 3 } });
    const kept = (await engine.events()).slice(0, events.length);
    expect(kept.filter((event) => !lost.has(event.seq))).toEqual(events.filter((event) => !lost.has(event.seq)));
    expect(kept.filter((event) => lost.has(event.seq)).every(({ type }) => type === 'event_lost')).toBe(true);
    expect(await engine.add()).toBeDefined();
  });

  test('a file that SQLite itself refuses, cut off or without its first bytes, still gives what is whole in it', async () => {
    const { folder, events } = await written();
    const file = join(folder, 'journal.db');
    const whole = readFileSync(file);
    const repairOf = async (bytes: Buffer) => {
      writeFileSync(file, bytes);
      const to = testFolder();
      const { damage: found } = await tools.verifyLog({ folder, swarm: 'test' }).catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'journal_damaged' });
        return { damage: 'unreadable' };
      });
      expect(found).not.toBeNull();
      const repaired = await repairLog({ from: folder, to, swarm: 'test' });
      expect(readFileSync(file).equals(bytes)).toBe(true);
      expect((await tools.verifyLog({ folder: to, swarm: 'test' })).damage).toBeNull();
      return repaired;
    };
    const headless = Buffer.from(whole);
    headless.fill(0xa5, 0, 100);
    expect(await repairOf(headless)).toMatchObject({ kept: events.length, last_seq: events.length, lost: [], tail_lost: 0 });
    for (const pages of [1, 3]) {
      const { kept, lost, last_seq, tail_lost } = await repairOf(whole.subarray(0, whole.length - pages * 8192 + 1000));
      const gone = lost.reduce((sum, each) => sum + each.last_seq - each.first_seq + 1, 0);
      // Whatever it costs is counted, to the last event.
      expect(kept + gone).toBe(last_seq);
      expect(last_seq + tail_lost).toBe(events.length);
      expect(kept).toBeGreaterThan(0);
    }
    await expect(repairOf(Buffer.alloc(whole.length))).rejects.toMatchObject({ code: 'journal_damaged' });
  });

  test('missing chunks and a cut end are held open or named', async () => {
    const { folder, events } = await written();
    const last = events.length;
    damage(folder, `DELETE FROM chunks WHERE last_seq > ${last - 4} OR (first_seq > 20 AND last_seq < 30)`);
    const to = join(folder, 'repaired');
    const repaired = await repairLog({ from: folder, to, swarm: 'test' });
    expect(repaired.lost[0]).toMatchObject({ reason: 'they are missing' });
    expect(repaired.last_seq + repaired.tail_lost).toBe(last);
    expect(repaired.tail_lost).toBeGreaterThan(0);
    expect((await tools.verifyLog({ folder: to, swarm: 'test' })).damage).toBeNull();
  });

  test('repairing changes nothing where the damage is, and never writes over a log', async () => {
    const { folder } = await written();
    damage(folder, 'DELETE FROM chunks WHERE first_seq BETWEEN 10 AND 12');
    const before = await tools.verifyLog({ folder, swarm: 'test' });
    await repairLog({ from: folder, to: join(folder, 'repaired'), swarm: 'test' });
    expect(await tools.verifyLog({ folder, swarm: 'test' })).toEqual(before);
    await expect(repairLog({ from: folder, to: folder, swarm: 'test' })).rejects.toMatchObject({ code: 'log_present' });
  });

  test('a whole log is kept whole', async () => {
    const { folder, events } = await written();
    const repaired = await repairLog({ from: folder, to: join(folder, 'repaired'), swarm: 'test' });
    expect(repaired).toMatchObject({ kept: events.length, lost: [], tail_lost: 0 });
  });

  test('what is no database at all is said to be so', async () => {
    const folder = testFolder();
    await expect(tools.repairLog({ folder, swarm: 'test' }, join(folder, 'to'))).rejects.toBeInstanceOf(Failure);
  });
});
