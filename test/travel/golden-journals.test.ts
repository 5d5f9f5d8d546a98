/**
 * R31, E3: the data folders that earlier versions wrote, one of each format of the journal that there ever was, are served by
 * this one. They are frozen: written by the code of their time, never by today's.
 *
 * journal-1: by the first code that wrote a log, one finished task retired at a time; versions 1 of its events.
 * journal-2: by the first that archived; events 1 to 80 are in its archive, and its checkpoint is one of other rules.
 */
import { hash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import type { LogPlace } from '../../src/contract/log-reports.ts';
import { recoverState } from '../../src/engine/recover-state.ts';
import { openSqliteJournal } from '../../src/journal/sqlite/open-sqlite-journal.ts';
import { openSqliteReader } from '../../src/journal/sqlite/sqlite-reader.ts';
import { CheckpointShelf } from '../../src/travel/checkpoint-shelf.ts';
import { logTools } from '../../src/travel/log-tools.ts';
import { ThreadCheckpoints } from '../../src/travel/thread-checkpoints.ts';
import { ThreadMoments } from '../../src/travel/thread-moments.ts';
import { brokenInvariants, snapshotOf } from '../support/invariants.ts';
import { engineOn, testFolder } from './sample-swarm.ts';

const GOLDEN = join(import.meta.dirname, 'golden');
const tools = logTools(() => 1_700_001_000_000);

/** What each was when it was written. `counts`: every task ever added, by its status. */
const JOURNALS = [
  {
    format: 1,
    files: {
      'journal.db': '5a97b1abf16d07d3be3d9c0416da3e88832fce2eb2dc132f9eb97f527359e280',
      'witness.json': 'bee4fe344d2bffeb57550f76c8b1c8d04d75bdd7465cd5e04f9876d28bf04b96',
    },
    verified: { events: 34, archived: 0, hash: 'a2af411a7a47610f213d8d767da5b3c694b14e8fa78562f9a80040f163393d6a', damage: null },
    counts: { completed: 5, failed: 1, cancelled: 1, in_progress: 1, assigned: 0, pending: 0 },
    retired: { id: 'job-4', status: 'failed' },
  },
  {
    format: 2,
    files: {
      'archive/000000000000001-000000000000080-22222222.jsonl.zst': '12262af7cfa1d4c3f83cf915a1b82544e4689a33b297ec807b88277d61b84853',
      'checkpoints/000000000000130.checkpoint': '5b1d232f9564e1c87742d00b6ee72c8d62f28bb96453ddd6d19c7961d6e6fc5a',
      'journal.db': '4b0e2ea019aca3f1b9858084c593bb73700eeb3faffd080bf487ffef77666bbe',
      'witness.json': 'f21b0a7c97c27ab934e4b0e915374100ce22ba51744bc05a8be26ec62efbfc18',
    },
    verified: { events: 130, archived: 80, damage: null },
    counts: { completed: 12, failed: 6, cancelled: 6, in_progress: 1, assigned: 0, pending: 7 },
    retired: { id: 'job-0', status: 'completed' },
  },
] as const;

/** A copy that may be written to. */
function copyOf(format: number): LogPlace {
  const folder = testFolder();
  cpSync(join(GOLDEN, `journal-${format}`), folder, { recursive: true });
  return { folder, swarm: 'test' };
}

function filesOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = names.map(({ parentPath, name }) => join(parentPath, name)).toSorted();
  return Object.fromEntries(paths.map((path) => [path.slice(folder.length + 1), hash('sha256', readFileSync(path))]));
}

function changed(folder: string, sql: string): void {
  const database = new DatabaseSync(join(folder, 'journal.db'));
  database.exec(sql);
  database.close();
}

async function foldOf({ folder, swarm }: LogPlace) {
  const reader = openSqliteReader(folder);
  try {
    return (await recoverState(swarm, reader)).state;
  } finally {
    await reader.close();
  }
}

async function textOf(place: LogPlace): Promise<string> {
  let text = '';
  for await (const lines of tools.exportLines(place, undefined)) text += lines;
  return text.slice(text.indexOf('\n'), text.lastIndexOf('\n{'));
}

describe.each(JOURNALS)(
  'R31: a journal of format $format, as the code of its time left it',
  ({ format, files, verified, counts, retired }) => {
    test('is the file that was kept', () => {
      expect(filesOf(join(GOLDEN, `journal-${format}`))).toEqual(files);
    });

    test('every hash holds, and it folds into what it was', async () => {
      const place = copyOf(format);
      expect(await tools.verifyLog(place)).toMatchObject(verified);
      const state = await foldOf(place);
      expect(state.task_counts).toEqual(counts);
      expect(brokenInvariants(state)).toEqual([]);
      const reader = openSqliteReader(place.folder);
      expect((await reader.retired([retired.id])).get(retired.id)).toMatchObject(retired);
      await reader.close();
    });

    test(
      'is served: recovered, looked into at every event, appended to, kept in a checkpoint, recovered from that',
      { timeout: 300_000 },
      async () => {
        const place = copyOf(format);
        const before = await textOf(place);
        const checkpoints = new ThreadCheckpoints(place, 30_000, 1);
        const options = { settings: { finished_in_memory: 2 }, checkpoints, moments: () => new ThreadMoments(place) };
        const engine = await engineOn(place.folder, options);
        const { seq } = await engine.call('swarm.status', { at: verified.events });
        expect(seq).toBe(verified.events);
        expect((await engine.call('task.show', { task_id: retired.id })).task.status).toBe(retired.status);
        for (let at = 0; at <= verified.events; at += 7) expect((await engine.call('swarm.status', { at })).seq).toBe(at);
        await engine.add({ id: 'of-today' });
        await engine.call('task.cancel', { task_id: 'of-today' });
        const last = engine.engine.feed.head;
        await engine.close();
        const reader = openSqliteReader(place.folder);
        const start = await new CheckpointShelf(place.folder).newestUpTo(Infinity, reader);
        await reader.close();
        expect(start?.state.seq).toBe(last);
        if (start !== null) expect(snapshotOf(start.state)).toEqual(snapshotOf(await foldOf(place)));
        const again = await engineOn(place.folder, options);
        expect((await again.call('task.show', { task_id: 'of-today' })).task.status).toBe('cancelled');
        await again.close();
        expect(await tools.verifyLog(place)).toMatchObject({ archived: verified.archived, damage: null });
        expect((await textOf(place)).startsWith(before)).toBe(true);
      },
    );
  },
);

test('R31: there is a journal of every format that this version reads', async () => {
  const place = copyOf(1);
  changed(place.folder, `UPDATE meta SET value = 1000 WHERE key = 'format'`);
  const known = JOURNALS.map(({ format }) => format);
  await expect(openSqliteJournal(place)).rejects.toMatchObject({ params: { known: Math.max(...known) } });
  expect(known).toEqual(Array.from({ length: known.length }, (_, index) => index + 1));
});

test('R31: what is archived comes back into a log of format 1', async () => {
  const place = copyOf(2);
  const before = await textOf(place);
  expect(await tools.unarchiveLog(place)).toMatchObject({ moved: 80, archived: 0 });
  const database = new DatabaseSync(join(place.folder, 'journal.db'), { readOnly: true });
  expect(database.prepare(`SELECT value FROM meta WHERE key = 'format'`).get()).toEqual({ value: 1 });
  database.close();
  expect(await tools.verifyLog(place)).toMatchObject({ events: 130, archived: 0, damage: null });
  expect(await textOf(place)).toBe(before);
});

describe('R31: what a newer version wrote', () => {
  test('a journal of the next format is refused by everything, with what to do, and left as it is', async () => {
    const place = copyOf(2);
    changed(place.folder, `UPDATE meta SET value = 3 WHERE key = 'format'`);
    const before = filesOf(place.folder);
    const until = '2026-01-01T00:00:00Z';
    const attempts: Record<string, () => Promise<unknown>> = {
      serve: () => openSqliteJournal(place),
      verify: () => tools.verifyLog(place),
      export: () => tools.exportLog(place, join(testFolder(), 'log.jsonl'), undefined),
      fork: () => tools.forkLog(place, { folder: testFolder(), swarm: 'fork' }, 5),
      archive: () => tools.archiveLog(place, until),
      unarchive: () => tools.unarchiveLog(place),
      'list of the archive': () => tools.listArchive(place, true),
    };
    for (const [name, attempt] of Object.entries(attempts)) {
      const failure: unknown = await attempt().then(
        () => null,
        (error: unknown) => error,
      );
      expect([name, failure]).toEqual([name, expect.objectContaining({ code: 'journal_version', params: { found: 3, known: 2 } })]);
    }
    const after = Object.entries(filesOf(place.folder)).filter(([file]) => !file.endsWith('lock.db') && !/-(?:wal|shm)$/.test(file));
    expect(Object.fromEntries(after)).toEqual(before);
  });

  test('a file of the next format is refused, and nothing is made of it', async () => {
    const file = join(testFolder(), 'log.jsonl');
    const [header = '', ...lines] = readFileSync(join(GOLDEN, 'log-file-v1.jsonl'), 'utf8').split('\n');
    writeFileSync(file, [header.replace('"tutti_log":1', '"tutti_log":2'), ...lines].join('\n'));
    const place = { folder: testFolder(), swarm: 'test' };
    const refusal = { code: 'journal_version', params: { found: 2, known: 1 } };
    await expect(tools.verifyFile(file)).rejects.toMatchObject(refusal);
    await expect(tools.importLog(place, file, { same: true, keep_intact: true })).rejects.toMatchObject(refusal);
    expect(readdirSync(place.folder)).toEqual([]);
  });
});
