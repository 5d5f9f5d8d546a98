/** A log as a file: what comes back is what was written, and nothing else is taken for it. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nothingYet, recoverState } from '../../src/engine/recover-state.ts';
import { openSqliteReader } from '../../src/journal/sqlite/sqlite-reader.ts';
import { foldForward } from '../../src/travel/fold-log.ts';
import { logTools } from '../../src/travel/log-tools.ts';
import { snapshotOf } from '../support/invariants.ts';
import { engineOn, liveALittle, testFolder } from './sample-swarm.ts';

const tools = logTools(() => Date.now());

/** A closed log, its file, and the state it folds into. */
async function exported() {
  const folder = testFolder();
  const engine = await engineOn(folder, { settings: { finished_in_memory: 0 } });
  await liveALittle(engine);
  const snapshot = await engine.snapshot();
  const events = await engine.events();
  await engine.close();
  const file = join(folder, 'log.jsonl');
  const summary = await tools.exportLog({ folder, swarm: 'test' }, file, undefined);
  return { folder, file, snapshot, events, summary, lines: readFileSync(file, 'utf8').trimEnd().split('\n') };
}

const TAKE = { same: false, keep_intact: false };

describe('E3: the log as JSON lines', () => {
  test('comes back event by event, with its state, under a new name or its own', async () => {
    const { folder, file, snapshot, events, summary } = await exported();
    const original = openSqliteReader(folder);
    const head = original.head;
    await original.close();
    for (const same of [false, true]) {
      const copy = testFolder();
      const made = await tools.importLog({ folder: copy, swarm: 'test' }, file, { same, keep_intact: false });
      expect(made).toMatchObject({ events: events.length, damage: null });
      expect(made.journal === summary.journal).toBe(same);
      const reader = openSqliteReader(copy);
      expect(reader.head.hash === head.hash).toBe(same);
      expect(reader.verify().damage).toBeNull();
      await reader.close();
      const engine = await engineOn(copy, { settings: { finished_in_memory: 0 } });
      expect((await engine.events()).slice(0, events.length)).toEqual(events);
      if (same) expect(await engine.snapshot()).toMatchObject({ tasks: (snapshot as { tasks: unknown }).tasks });
      await engine.close();
    }
  });

  test('every event is a line that says what happened', async () => {
    const { lines, events } = await exported();
    const told = lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter((line) => 'seq' in line);
    expect(told.map(({ seq, type }) => [seq, type])).toEqual(events.map(({ seq, type }) => [seq, type]));
  });

  test('a changed, missing, doubled or moved line is refused and named, and nothing is made of the file', async () => {
    const { folder, lines } = await exported();
    const spoilt = join(folder, 'spoilt.jsonl');
    const copy = join(folder, 'copy');
    const changes: ((all: string[], at: number) => void)[] = [
      (all, at) => (all[at] = (all[at] ?? '').replace(/[a-z](?=[^a-z]*$)/, (letter) => (letter === 'x' ? 'y' : 'x'))),
      (all, at) => all.splice(at, 1),
      (all, at) => all.splice(at, 0, all[at] ?? ''),
      (all, at) => all.splice(at, 2, all[at + 1] ?? '', all[at] ?? ''),
      (all, at) => all.splice(at),
    ];
    for (let at = 0; at < lines.length - 1; at += 3) {
      for (const change of changes) {
        const changed = [...lines];
        change(changed, at);
        writeFileSync(spoilt, changed.join('\n'));
        const refused = { code: at === 0 && lines.length > 0 ? expect.stringMatching(/^log_file_/) : 'log_file_damaged' };
        await expect(tools.verifyFile(spoilt)).rejects.toMatchObject(refused);
        if (at % 30 !== 0) continue;
        await expect(tools.importLog({ folder: copy, swarm: 'test' }, spoilt, TAKE)).rejects.toMatchObject(refused);
        expect(existsSync(join(copy, 'journal.db'))).toBe(false);
      }
    }
  });

  test('R31: a file of format 1 that an earlier version wrote is read, and its hashes are what they were', async () => {
    const file = join(import.meta.dirname, 'golden/log-file-v1.jsonl');
    const hash = (JSON.parse(readFileSync(file, 'utf8').trimEnd().split('\n').at(-1) ?? '') as { end: { hash: string } }).end.hash;
    expect(await tools.verifyFile(file)).toMatchObject({ swarm: 'default', first_seq: 1, last_seq: 9, chunks: 8, hash });
    expect(hash.slice(0, 16)).toBe('ffcc67e5ba83df80');
    const place = { folder: testFolder(), swarm: 'test' };
    expect(await tools.importLog(place, file, { same: true, keep_intact: false })).toMatchObject({ events: 9, damage: null });
    const again = join(place.folder, 'again.jsonl');
    await tools.exportLog(place, again, undefined);
    const events = (name: string) => readFileSync(name, 'utf8').split('\n').slice(1, -2);
    expect(events(again)).toEqual(events(file));
  });

  test('what is intact before the damage can be kept', async () => {
    const { folder, lines, events } = await exported();
    const cut = join(folder, 'cut.jsonl');
    const kept = lines.slice(0, -20);
    writeFileSync(cut, kept.join('\n'));
    const last = kept.findLast((line) => line.startsWith('{"chunk"')) ?? '';
    const { chunk } = JSON.parse(last) as { chunk: { last_seq: number } };
    const copy = join(folder, 'copy');
    const made = await tools.importLog({ folder: copy, swarm: 'test' }, cut, { same: true, keep_intact: true });
    expect(made.events).toBe(chunk.last_seq);
    expect(made.damage).toContain('cut off');
    const engine = await engineOn(copy);
    expect((await engine.events()).slice(0, chunk.last_seq)).toEqual(events.slice(0, chunk.last_seq));
  });

  test('a line that is far too long is damage like any other: what is before it can be kept', async () => {
    const { folder, lines } = await exported();
    const [header = '', ...rest] = lines;
    const at = rest.findIndex((line, index) => index > rest.length / 2 && line.startsWith('{"chunk"')) + 1;
    const { chunk } = JSON.parse(rest[at - 1] ?? '') as { chunk: { last_seq: number } };
    const file = join(folder, 'long.jsonl');
    writeFileSync(file, [header, ...rest.slice(0, at), '\0'.repeat(17 * 1_048_576), ...rest.slice(at)].join('\n'));
    const damaged = { code: 'log_file_damaged', params: { line: at + 2, good_events: chunk.last_seq, reason: 'a line is far too long' } };
    await expect(tools.verifyFile(file)).rejects.toMatchObject(damaged);
    const place = { folder: join(folder, 'copy'), swarm: 'test' };
    expect(await tools.importLog(place, file, { same: false, keep_intact: true })).toMatchObject({ events: chunk.last_seq });
    writeFileSync(file, '\0'.repeat(17 * 1_048_576));
    await expect(tools.verifyFile(file)).rejects.toMatchObject({ code: 'log_file_unusable' });
  });

  test('nothing is written over a log or a file; a place that cannot be written to is said', async () => {
    const { folder, file, lines } = await exported();
    const place = { folder, swarm: 'test' };
    const notWritten = (reason: string) => ({ code: 'log_not_written', params: { reason: expect.stringContaining(reason) as unknown } });
    await expect(tools.exportLog(place, file, 1)).rejects.toMatchObject(notWritten('nothing is written over'));
    await expect(tools.exportLog(place, join(folder, 'no', 'x'), 1)).rejects.toMatchObject(notWritten('its folder is not there'));
    await expect(tools.exportLog(place, join(file, 'x'), 1)).rejects.toMatchObject(notWritten('its folder is a file'));
    expect(readFileSync(file, 'utf8').trimEnd().split('\n')).toEqual(lines);
    await expect(tools.importLog({ folder, swarm: 'test' }, file, TAKE)).rejects.toMatchObject({ code: 'log_present' });
  });

  test('a folder without a log, and a file that is none, are told apart', async () => {
    const folder = testFolder();
    await expect(tools.verifyLog({ folder, swarm: 'test' })).rejects.toMatchObject({ code: 'log_missing' });
    await expect(tools.verifyFile(join(folder, 'nowhere'))).rejects.toMatchObject({
      code: 'log_file_unusable',
      params: { reason: 'it is not there' },
    });
    for (const [text, reason] of [
      ['', 'it is empty'],
      ['some text\n', 'it is no log: its first line is no header of one'],
      ['{"some":"json"}\n', 'it is no log: its first line is no header of one'],
      ['\u001F\u008B', 'it is compressed: unpack it first, with gunzip'],
      ['SQLite format 3\0', 'it is the database of a log: name its folder with --data, and export that'],
    ] as const) {
      const file = join(testFolder(), 'other');
      writeFileSync(file, text);
      await expect(tools.verifyFile(file)).rejects.toMatchObject({ code: 'log_file_unusable', params: { reason } });
    }
  });

  test('backups made under load are each one moment to the byte: hash, chunks, state', async () => {
    const folder = testFolder();
    const engine = await engineOn(folder, { settings: { finished_in_memory: 3 } });
    await engine.register('eng-1', 50, ['build']);
    let loading = true;
    const load = async (hand: number): Promise<void> => {
      for (let index = 0; loading; index += 1) {
        const task_id = await engine.add({ id: `job-${hand}-${index}`, spec: 'x'.repeat(index % 300) });
        await engine.call('work.claim', { session_id: 'eng-1', task_id });
        await engine.call('work.complete', { session_id: 'eng-1', task_id, status: 'completed', result: { index } });
      }
    };
    const hands = Array.from({ length: 8 }, (_, hand) => load(hand));
    const made: { readonly copy: string; readonly seq: number; readonly hash: string }[] = [];
    for (let backup = 0; backup < 4; backup += 1) {
      const before = engine.engine.feed.head;
      await expect.poll(() => engine.engine.feed.head, { timeout: 150_000 }).toBeGreaterThan(before + 100);
      const file = join(folder, `backup-${backup}.jsonl`);
      const { last_seq: seq, hash } = await tools.exportLog({ folder, swarm: 'test' }, file, undefined);
      expect(seq).toBeGreaterThan(before);
      const copy = join(folder, `restored-${backup}`);
      await tools.importLog({ folder: copy, swarm: 'test' }, file, { same: true, keep_intact: false });
      made.push({ copy, seq, hash });
    }
    loading = false;
    await Promise.all(hands);
    await engine.close();
    for (const { copy, seq, hash } of made) {
      const [source, restored] = [openSqliteReader(folder), openSqliteReader(copy)];
      expect(restored.verify()).toMatchObject({ head: { seq, hash }, damage: null });
      expect(await source.hashAfter(seq)).toBe(hash);
      const then = nothingYet('test');
      await foldForward(source, then, { until: seq, shelf: null });
      expect(snapshotOf((await recoverState('test', restored)).state)).toEqual(snapshotOf(then.state));
      await source.close();
      await restored.close();
    }
  }, 400_000);

  test('up to any event, also within a chunk, while the server goes on', async () => {
    const folder = testFolder();
    const engine = await engineOn(folder, { settings: { finished_in_memory: 0 } });
    await engine.register('eng-1', 1, ['build']);
    await Promise.all(Array.from({ length: 40 }, (_, index) => engine.add({ id: `job-${index}` })));
    const events = await engine.events();
    for (const until of [0, 1, 2, 17, events.length - 1, events.length]) {
      const file = join(folder, `until-${until}.jsonl`);
      expect(await tools.exportLog({ folder, swarm: 'test' }, file, until)).toMatchObject({ last_seq: until });
      const copy = join(folder, `copy-${until}`);
      await tools.importLog({ folder: copy, swarm: 'test' }, file, TAKE);
      const reader = openSqliteReader(copy);
      expect(reader.head.seq).toBe(until);
      await reader.close();
    }
  });
});
