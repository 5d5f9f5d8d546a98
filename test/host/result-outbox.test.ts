import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/contract/failure.ts';
import { openOutbox, type OutboxEntry } from '../../src/host/result-outbox.ts';
import { NOTHING_RUN } from '../../src/host/task-result.ts';
import { temporaryFolder } from './host-fixture.ts';

function entry(lease: number, recorded_at = lease): OutboxEntry {
  return {
    swarm: 'default',
    session_id: 's-1',
    task_id: 'build-001',
    lease,
    command_id: `c-${lease}`,
    status: 'completed',
    duration_minutes: 0.5,
    recorded_at,
    result: { ...NOTHING_RUN, outcome: 'completed', exit_code: 0, tail: 'done\n' },
  };
}

describe('the outbox', () => {
  test('keeps results over a restart, the oldest first, until they are removed', async () => {
    const folder = await temporaryFolder();
    const before = await openOutbox(folder);
    await before.put(entry(9, 2));
    await before.put(entry(10, 1));
    const after = await openOutbox(folder);
    expect(await after.list()).toEqual({ entries: [entry(10, 1), entry(9, 2)], damaged: [] });
    await after.remove(entry(10, 1));
    expect((await after.list()).entries).toEqual([entry(9, 2)]);
  });

  test('a result that is put twice is there once', async () => {
    const outbox = await openOutbox(await temporaryFolder());
    await outbox.put(entry(9));
    await outbox.put(entry(9));
    expect((await outbox.list()).entries).toEqual([entry(9)]);
  });

  test('a refused result is kept beside, with the reason', async () => {
    const folder = await temporaryFolder();
    const outbox = await openOutbox(folder);
    await outbox.put(entry(9));
    const file = await outbox.setAside(entry(9), new Failure('lease_stale', { lease: 9, task_id: 'build-001' }));
    expect((await outbox.list()).entries).toEqual([]);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
      lease: 9,
      result: { tail: 'done\n' },
      refused: { code: 'lease_stale', message: 'The lease 9 on task build-001 is no longer valid.' },
    });
  });

  test('a draft that a crash left is no result, a damaged file is set aside and named', async () => {
    const folder = await temporaryFolder();
    const outbox = await openOutbox(folder);
    await outbox.put(entry(9));
    await writeFile(join(folder, 'outbox', 'other.json.draft'), '{"swarm":');
    await writeFile(join(folder, 'outbox', 'torn.json'), '{"swarm":"default"');
    const damaged = join(folder, 'undelivered', 'torn.json.damaged');
    expect(await outbox.list()).toEqual({ entries: [entry(9)], damaged: [damaged] });
    expect(await readFile(damaged, 'utf8')).toBe('{"swarm":"default"');
    expect(await readdir(join(folder, 'outbox'))).not.toContain('torn.json');
  });

  test('a result that cannot be written leaves no half of itself', async () => {
    const folder = await temporaryFolder();
    const outbox = await openOutbox(folder);
    await expect(outbox.put({ ...entry(9), task_id: 'x'.repeat(300) })).rejects.toThrow('ENAMETOOLONG');
    expect(await readdir(join(folder, 'outbox'))).toEqual([]);
  });
});
