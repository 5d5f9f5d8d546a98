/** E3, B12, R8: old events leave the log for an archive and come back; whenever the process dies, nothing is lost. */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { zstdCompressSync } from 'node:zlib';
import { frameText, readSegment } from '../../src/journal/archive/segment-file.ts';
import { openSqliteJournal } from '../../src/journal/sqlite/open-sqlite-journal.ts';
import { openSqliteReader } from '../../src/journal/sqlite/sqlite-reader.ts';
import { archiveEvents, archiveOldEvents, unarchiveEvents } from '../../src/travel/archive-log.ts';
import { CheckpointShelf } from '../../src/travel/checkpoint-shelf.ts';
import { logTools } from '../../src/travel/log-tools.ts';
import { repairLog } from '../../src/travel/repair-log.ts';
import { ThreadCheckpoints } from '../../src/travel/thread-checkpoints.ts';
import { ThreadMoments } from '../../src/travel/thread-moments.ts';
import { recoverState } from '../../src/engine/recover-state.ts';
import { snapshotOf } from '../support/invariants.ts';
import { engineOn, liveALittle, testFolder } from './sample-swarm.ts';

const NOW = 2_000_000_000_000;
const place = (folder: string) => ({ folder, swarm: 'test', now: NOW });
const tools = logTools(() => NOW);
const APPENDING = fileURLToPath(new URL('../journal/append-until-killed.ts', import.meta.url));
const CHILD = fileURLToPath(new URL('./archive-until-killed.ts', import.meta.url));

/** A log of some hundred events, with retired tasks. */
async function sampleLog(): Promise<string> {
  const folder = testFolder();
  const engine = await engineOn(folder, { settings: { finished_in_memory: 1 } });
  await liveALittle(engine, 90);
  await engine.close();
  return folder;
}

async function linesOf(folder: string): Promise<string> {
  let text = '';
  for await (const lines of tools.exportLines({ folder, swarm: 'test' }, undefined)) text += lines;
  return text;
}

async function stateOf(folder: string): Promise<unknown> {
  const log = openSqliteReader(folder);
  try {
    return snapshotOf((await recoverState('test', log)).state);
  } finally {
    await log.close();
  }
}

/** The first and the newest event that a process acknowledged before it was killed (-9). */
async function appendUntilKilled(folder: string): Promise<readonly [first: number, newest: number]> {
  const child = spawn(process.execPath, [APPENDING, folder, '1', '1'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const numbers: number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    numbers.push(Number(line));
    child.kill('SIGKILL');
  }
  return [numbers[0] ?? 0, numbers.at(-1) ?? 0];
}

const verify = (folder: string) => tools.verifyLog({ folder, swarm: 'test' });

describe('E3: the archive', { timeout: 240_000 }, () => {
  test('every event is read as before: export, verify, fold, single chunks, hashes, retired tasks; and comes back', async () => {
    const folder = await sampleLog();
    const [lines, state, checked] = [await linesOf(folder), await stateOf(folder), await verify(folder)];
    const reader = openSqliteReader(folder);
    const { seq } = reader.head;
    const hashes = await Promise.all(Array.from({ length: seq + 1 }, (_, at) => reader.hashAfter(at)));
    const chunks = await Promise.all(Array.from({ length: seq }, (_, at) => reader.chunkAt(at + 1)));
    await reader.close();
    const done = await archiveEvents(place(folder), 200);
    expect(done.moved).toBeGreaterThan(190);
    expect(done).toMatchObject({ archived: done.moved, head: seq, space_kept: false });
    const after = openSqliteReader(folder);
    expect(await Promise.all(hashes.map((_, at) => after.hashAfter(at)))).toEqual(hashes);
    expect(await Promise.all(chunks.map((_, at) => after.chunkAt(at + 1)))).toEqual(chunks);
    expect((await after.retired(['job-0'])).get('job-0')?.status).toBe('completed');
    await after.close();
    expect(await linesOf(folder)).toBe(lines);
    expect(await stateOf(folder)).toEqual(state);
    expect(await verify(folder)).toEqual({ ...checked, archived: done.archived });
    // Twice is once, and further.
    expect((await archiveEvents(place(folder), 200)).moved).toBe(0);
    const more = await archiveEvents(place(folder), seq);
    expect(more.archived).toBe(seq);
    expect(await verify(folder)).toEqual({ ...checked, archived: seq });
    const back = await unarchiveEvents(place(folder));
    expect(back).toMatchObject({ moved: seq, archived: 0, archive_bytes: 0 });
    expect(await verify(folder)).toEqual(checked);
    expect(await linesOf(folder)).toBe(lines);
  });

  test('R8: a log whose every event is archived goes on with the next number, after a crash too; an older Tutti refuses it', async () => {
    const folder = await sampleLog();
    const { head } = await archiveEvents(place(folder), Number.MAX_SAFE_INTEGER);
    const journal = await openSqliteJournal({ folder });
    expect([journal.head.seq, journal.archived, journal.readOnly]).toEqual([head, head, null]);
    expect((await journal.verify()).damage).toBeNull();
    await journal.close();
    const database = new DatabaseSync(join(folder, 'journal.db'), { readOnly: true });
    expect(database.prepare(`SELECT value FROM meta WHERE key = 'format'`).get()).toEqual({ value: 2 });
    database.close();
    const copy = testFolder();
    cpSync(folder, copy, { recursive: true });
    let last = head;
    for (let round = 0; round < 3; round += 1) {
      const [first, newest] = await appendUntilKilled(copy);
      expect(first).toBe(last + 1);
      const killed = await openSqliteJournal({ folder: copy });
      last = killed.head.seq;
      expect([killed.archived, killed.readOnly]).toEqual([head, null]);
      await killed.close();
      expect(last).toBeGreaterThanOrEqual(newest);
    }
    rmSync(join(folder, 'checkpoints'), { recursive: true });
    const engine = await engineOn(folder);
    expect(engine.engine.feed.head).toBeGreaterThanOrEqual(head);
    await engine.add({ id: 'next' });
    expect((await engine.call('task.show', { task_id: 'job-0' })).task.status).toBe('completed');
    expect((await engine.call('event.list', { since: 0, limit: 3 })).events.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    await engine.close();
    expect((await verify(folder)).damage).toBeNull();
  });

  test('F5: any moment before and after the boundary, also while the archive grows under the thread that travels', async () => {
    const folder = await sampleLog();
    const moments = new ThreadMoments({ folder, swarm: 'test' });
    try {
      const ask = (at: number) => moments.ask({ query: 'swarm.status', input: {}, at, now: NOW });
      const places = [0, 1, 50, 199, 201, 260];
      const before = await Promise.all(places.map(ask));
      await archiveEvents(place(folder), 200);
      expect(await Promise.all(places.map(ask))).toEqual(before);
      expect(await moments.ask({ query: 'event.replay', input: {}, at: 250, now: NOW })).toMatchObject({ replayed: 250, same: true });
    } finally {
      await moments.close();
    }
  });

  test('an archive that is away is named, and nothing else fails: it starts from a checkpoint, and goes on', async () => {
    const folder = await sampleLog();
    const { archived } = await archiveEvents(place(folder), 200);
    renameSync(join(folder, 'archive'), join(folder, 'elsewhere'));
    const engine = await engineOn(folder, { checkpoints: new ThreadCheckpoints({ folder, swarm: 'test' }, 0) });
    await engine.add({ id: 'next' });
    await expect(engine.call('event.list', { since: 0, limit: 3 })).rejects.toMatchObject({ code: 'archive_missing' });
    await engine.close();
    expect((await verify(folder)).damage).toMatchObject({ first_seq: 1, last_seq: archived, good_events: 0 });
    await expect(unarchiveEvents(place(folder))).rejects.toMatchObject({ code: 'archive_missing' });
    expect(await tools.archiveGap(folder)).toMatchObject({ first_seq: 1, last_seq: archived, folder: join(folder, 'archive') });
    // As after an update: no checkpoint is of the code that runs.
    await expect(engineOn(folder)).rejects.toMatchObject({
      code: 'archive_needed',
      message: expect.stringContaining(join(folder, 'archive')) as unknown,
    });
    // Nothing was made in its place.
    expect(existsSync(join(folder, 'archive'))).toBe(false);
    renameSync(join(folder, 'elsewhere'), join(folder, 'archive'));
    expect((await verify(folder)).damage).toBeNull();
    expect(await tools.archiveGap(folder)).toBeNull();
    expect((await (await engineOn(folder)).call('task.show', { task_id: 'next' })).task.status).toBe('pending');
  });

  test('damage in the archive is located, and a repair keeps what is before and after it', async () => {
    const folder = await sampleLog();
    await archiveEvents(place(folder), 100);
    await archiveEvents(place(folder), 200);
    const [, second = ''] = readdirSync(join(folder, 'archive')).filter((name) => name.endsWith('.zst'));
    const file = join(folder, 'archive', second);
    const bytes = readFileSync(file);
    const middle = Math.floor(bytes.length / 3);
    bytes.writeUInt8(bytes.readUInt8(middle) ^ 0xff, middle);
    writeFileSync(file, bytes);
    const { damage } = await verify(folder);
    expect(damage?.first_seq).toBeGreaterThan(90);
    expect(damage?.first_seq).toBeLessThanOrEqual(101);
    const repaired = await repairLog({ from: folder, to: testFolder(), swarm: 'test' });
    // What is whole in the same part is kept too.
    expect(repaired.lost[0]?.first_seq).toBeGreaterThanOrEqual(damage?.first_seq ?? Infinity);
    expect(repaired.kept).toBeGreaterThan(100);
    truncateSync(file, 10);
    const cut = (await verify(folder)).damage;
    expect(cut).toMatchObject({
      first_seq: 101,
      last_seq: 200,
      good_events: 100,
      reason: expect.stringContaining('its end is missing') as unknown,
    });
  });

  test('one damaged chunk in the archive costs itself and what follows it of its tasks, and a lost file only its own events', async () => {
    const folder = await sampleLog();
    const { events: all } = await verify(folder);
    await archiveEvents(place(folder), 100);
    await archiveEvents(place(folder), 200);
    const [first = '', second = ''] = (await tools.listArchive({ folder, swarm: 'test' }, false)).files.map(({ name }) =>
      join(folder, 'archive', name),
    );
    const whole = readFileSync(first);
    const repaired = async () => {
      const { lost, kept } = await repairLog({ from: folder, to: testFolder(), swarm: 'test' });
      expect(kept + lost.reduce((sum, { first_seq, last_seq }) => sum + last_seq - first_seq + 1, 0)).toBe(all);
      return lost;
    };
    expect(await repaired()).toEqual([]);
    // Its table is gone: its parts are found without it.
    for (const table of ['cut off', 'destroyed']) {
      const from = whole.length - 16 - whole.readUInt32LE(whole.length - 8);
      writeFileSync(first, table === 'cut off' ? whole.subarray(0, from) : Buffer.from(whole).fill(0xff, from));
      expect((await verify(folder)).damage).toMatchObject({ first_seq: 1, last_seq: 200, good_events: 0 });
      expect(await repaired()).toEqual([]);
    }
    writeFileSync(first, whole);
    // One event says something else, in a part that is compressed as it should be.
    const segment = readSegment(first);
    const [frame] = segment.frames;
    if (frame === undefined) throw new Error('no frame');
    const changed = zstdCompressSync(frameText(first, frame).replace('"job-3"', '"job-X"'));
    const table = Buffer.from(JSON.stringify({ ...segment, frames: [{ ...frame, bytes: changed.length }] }));
    const [start, end] = [Buffer.alloc(8), Buffer.alloc(8, 'TUTI')];
    start.writeUInt32LE(0x18_4d_2a_50, 0);
    start.writeUInt32LE(table.length + 8, 4);
    end.writeUInt32LE(table.length, 0);
    writeFileSync(first, Buffer.concat([whole.subarray(0, frame.offset), changed, start, table, end]));
    const lost = await repaired();
    expect(lost[0]).toMatchObject({ reason: 'the hash does not match what is stored' });
    expect(lost.slice(1).every(({ reason }) => reason === 'they follow events that are lost')).toBe(true);
    expect(lost.reduce((sum, { first_seq, last_seq }) => sum + last_seq - first_seq + 1, 0)).toBeLessThan(20);
    writeFileSync(first, whole);
    rmSync(second);
    expect((await repaired())[0]).toMatchObject({
      first_seq: 101,
      last_seq: 200,
      reason: expect.stringContaining('no readable file') as unknown,
    });
  });

  test('what is archived is listed with its times and sizes; what is away, damaged or swapped is said', async () => {
    const folder = await sampleLog();
    const list = (verify = false) => tools.listArchive({ folder, swarm: 'test' }, verify);
    const { head } = (await list()) as { head: number };
    expect(await list(true)).toMatchObject({ archived: 0, files: [], missing: [], bytes: 0 });
    await archiveEvents(place(folder), 100);
    await archiveEvents(place(folder), 200);
    const whole = await list(true);
    expect(whole).toMatchObject({ archived: 200, head, verified: true, missing: [], files_total: 2, folder: join(folder, 'archive') });
    expect(whole.files.map(({ first_seq, last_seq, fault }) => [first_seq, last_seq, fault])).toEqual([
      [1, 100, null],
      [101, 200, null],
    ]);
    const sizes = whole.files.map(({ name, bytes }) => [statSync(join(folder, 'archive', name)).size, bytes]);
    expect(sizes.every(([is, said]) => is === said)).toBe(true);
    const moments = new ThreadMoments({ folder, swarm: 'test' });
    const events = await moments.ask({ query: 'event.list', input: { since: 99, limit: 2 }, now: NOW });
    const [last, next] = (events as { events: { time: string }[] }).events;
    expect([whole.files[0]?.last_time, whole.files[1]?.first_time]).toEqual([last?.time, next?.time]);
    // At every door the same; at a moment, what is archived of what had happened.
    expect(await moments.ask({ query: 'event.archive', input: { verify: true }, now: NOW })).toEqual(whole);
    expect(await moments.ask({ query: 'event.archive', input: { limit: 1 }, at: 50, now: NOW })).toMatchObject({ archived: 50, head: 50 });
    await moments.close();
    const [first = '', second = ''] = whole.files.map(({ name }) => join(folder, 'archive', name));
    const bytes = readFileSync(second);
    writeFileSync(second, bytes.with(bytes.length >> 2, (bytes[bytes.length >> 2] ?? 0) ^ 0xff));
    expect((await list()).missing).toEqual([]);
    expect(await list(true)).toMatchObject({ missing: [{ first_seq: 101, last_seq: 200 }], files: [{ fault: null }, { first_seq: 101 }] });
    truncateSync(second, 10);
    expect((await list()).files[1]).toMatchObject({ fault: expect.stringContaining('its end is missing') as unknown, first_time: null });
    renameSync(first, join(folder, 'away'));
    expect((await list()).missing).toEqual([{ first_seq: 1, last_seq: 200 }]);
    writeFileSync(second, bytes);
    expect((await list(true)).missing).toEqual([{ first_seq: 1, last_seq: 100 }]);
  });

  test('one at a time; a stranger among the files is not taken for its own', async () => {
    const folder = await sampleLog();
    const other = await sampleLog();
    await archiveEvents(place(other), 200);
    cpSync(join(other, 'archive'), join(folder, 'archive'), { recursive: true, filter: (name) => !name.includes('lock') });
    const checked = await verify(folder);
    const second: Promise<unknown>[] = [];
    const step = (): void => {
      if (second.length > 0) return;
      const failed = (error: unknown): unknown => (error as { code: string }).code;
      second.push(archiveEvents(place(folder), 10).then(() => 'done', failed));
    };
    await archiveEvents({ ...place(folder), step }, 200);
    expect(await Promise.all(second)).toEqual(['journal_locked']);
    expect((await verify(folder)).hash).toBe(checked.hash);
    expect((await verify(folder)).damage).toBeNull();
  });

  test('B12: by itself, with a checkpoint, what is older than it may be; the log file becomes smaller', async () => {
    const folder = testFolder();
    const engine = await engineOn(folder, { settings: { finished_in_memory: 1 } });
    for (let round = 0; round < 24; round += 1) {
      const tasks = Array.from({ length: 500 }, (_, at) => ({ id: `t-${round}-${at}`, type: 'build', title: 'x'.repeat(500) }));
      await engine.call('work.add', { tasks });
      await engine.clock.advance(60_000);
    }
    const cut = engine.clock.now() - 60_000;
    await engine.close();
    const lines = await linesOf(folder);
    expect(await archiveOldEvents(place(folder), 1)).toBeNull();
    const job = { folder, swarm: 'test', archive_after_ms: Math.max(1, Date.now() - cut) };
    const before = statSync(join(folder, 'journal.db')).size;
    await new ThreadCheckpoints(job, 30_000, 1).make(100_000);
    expect(await archiveOldEvents(place(folder), cut)).toBeNull();
    expect((await verify(folder)).archived).toBeGreaterThan(10_000);
    expect(statSync(join(folder, 'journal.db')).size).toBeLessThan(before / 2);
    expect(await linesOf(folder)).toBe(lines);
  });
});

describe('E3, R7: killed at every step of moving events', { timeout: 240_000 }, () => {
  test.each(['archive', 'unarchive'] as const)(
    '%s: nothing is lost, and the next run goes on',
    async (way) => {
      const sample = await sampleLog();
      const lines = await linesOf(sample);
      if (way === 'unarchive') await archiveEvents(place(sample), 200);
      const seen: string[] = [];
      for (let step = 1; ; step += 1) {
        const folder = join(testFolder(), 'copy');
        cpSync(sample, folder, { recursive: true });
        const child = spawnSync(process.execPath, [CHILD, folder, way, String(step)], { encoding: 'utf8' });
        seen.push(child.stdout.trim());
        const ended = child.signal === null;
        expect([child.signal, child.stderr]).toEqual([ended ? null : 'SIGKILL', '']);
        expect(await linesOf(folder)).toBe(lines);
        expect((await verify(folder)).damage).toBeNull();
        const journal = await openSqliteJournal({ folder });
        expect(journal.readOnly).toBeNull();
        await journal.close();
        await (way === 'archive' ? archiveEvents(place(folder), 200) : unarchiveEvents(place(folder)));
        expect(await linesOf(folder)).toBe(lines);
        expect(readdirSync(join(folder, 'archive')).filter((name) => name.startsWith('.'))).toEqual([]);
        expect(existsSync(join(folder, 'archive')) && (await verify(folder)).archived > 0).toBe(way === 'archive');
        expect(new CheckpointShelf(folder).places().length).toBeGreaterThan(0);
        if (ended) break;
      }
      expect(seen.length).toBeGreaterThan(3);
    },
    240_000,
  );
});
