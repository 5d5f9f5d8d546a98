/** A writer whose log broke, and another server that opens the log before it can: for a moment, or for good. */
import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/contract/failure.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { MemoryStorage, openMemoryJournal } from '../../src/journal/memory/memory-journal.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { TestEngine } from './test-engine.ts';

const REFUSED = { code: 'journal_failed', retryable: true };
const TAKEN = { code: 'journal_taken', retryable: true };

interface Opening {
  /** Why the log cannot be opened now. */
  failure: Failure | null;
  times: number;
}

/** An engine, and how to open a second one on the same log. */
async function onOneLog(): Promise<{ first: TestEngine; opening: Opening; second: () => Promise<TestEngine> }> {
  const storage = new MemoryStorage('test');
  const opening: Opening = { failure: null, times: 0 };
  const openJournal = async (): Promise<Journal> => {
    opening.times += 1;
    if (opening.failure !== null) throw opening.failure;
    return openMemoryJournal(storage);
  };
  const first = await TestEngine.open('memory', { openJournal });
  const second = (): Promise<TestEngine> => TestEngine.open('memory', { openJournal: async () => openMemoryJournal(storage) });
  return { first, opening, second };
}

/** Breaks the log of an engine, which cannot open it again yet. */
async function breakLog(swarm: TestEngine, opening: Opening): Promise<void> {
  swarm.gate.fault = 'lost';
  opening.failure = new Failure('journal_failed', { reason: 'no such device' });
  await expect(swarm.add()).rejects.toMatchObject(REFUSED);
  await swarm.clock.advance(0);
}

const titlesOf = async (swarm: TestEngine): Promise<string[]> => (await swarm.call('task.list', {})).tasks.map(({ id }) => id).toSorted();

describe('E3: a log that another server opened while this one could not write', () => {
  test('is given up when it stays in its hands: that is said once, and nothing is tried any more', async () => {
    const { first, opening, second } = await onOneLog();
    await first.add({ id: 'before' });
    await breakLog(first, opening);
    const other = await second();
    await other.add({ id: 'elsewhere' });
    opening.failure = null;
    opening.times = 0;
    await first.clock.advance(9000);
    expect([opening.times, first.taken]).toEqual([9, []]);
    await first.clock.advance(1000);
    expect(first.taken).toEqual([expect.objectContaining(TAKEN)]);
    expect(first.taken[0]?.message).toMatch(/^Another server has taken over the log: .* is in use by process \d+/);
    await first.clock.advance(60_000);
    expect([opening.times, first.taken.length, first.clock.waiting]).toEqual([10, 1, 0]);
    await expect(first.add()).rejects.toMatchObject(TAKEN);
    expect(first.engine.fault).toMatchObject(TAKEN);
    await first.close();
    expect(await titlesOf(other)).toEqual(['before', 'elsewhere']);
    expect(await other.add()).toBe('build-001');
  });

  test('is not read from memory meanwhile: the other one may have gone on', async () => {
    const { first, opening, second } = await onOneLog();
    await first.add({ id: 'before' });
    await breakLog(first, opening);
    expect(await titlesOf(first)).toEqual(['before']);
    await second();
    opening.failure = null;
    await first.clock.advance(1000);
    await expect(titlesOf(first)).rejects.toMatchObject(REFUSED);
    // It is gone, but the disk does not answer: what it wrote is not known.
    opening.failure = new Failure('journal_failed', { reason: 'no such device' });
    await first.clock.advance(1000);
    await expect(titlesOf(first)).rejects.toMatchObject(REFUSED);
  });

  test('is taken up again when the other one has gone: with what it wrote, for state, sessions and followers alike', async () => {
    const { first, opening, second } = await onOneLog();
    await first.register('s1');
    const task_id = await first.add({ id: 'held' });
    const { lease } = await first.call('work.claim', { session_id: 's1', task_id });
    await breakLog(first, opening);
    const seen = first.engine.feed.head;
    const other = await second();
    await other.add({ id: 'elsewhere' });
    await other.call('work.claim', { session_id: 's1', task_id }).catch(() => undefined);
    opening.failure = null;
    await first.clock.advance(5000);
    expect(first.faults.at(-1)?.recovered).toBe(false);
    await other.close();
    await first.clock.advance(1000);
    expect([first.faults.at(-1)?.recovered, first.engine.fault, first.taken]).toEqual([true, null, []]);
    expect(await titlesOf(first)).toEqual(['elsewhere', 'held']);
    const events = await first.events(seen);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => seen + 1 + index));
    expect(events.map(({ type }) => type)).toEqual(['swarm_recovered', 'task_added', 'swarm_recovered']);
    await first.call('work.complete', { session_id: 's1', task_id, status: 'completed', lease });
    expect(await first.engine.read((state) => brokenInvariants(state))).toEqual([]);
  });

  test('counts anew each time that nobody has it', async () => {
    const { first, opening } = await onOneLog();
    const locked = new Failure('journal_locked', { folder: 'here', pid: 7, since: 'now' });
    await breakLog(first, opening);
    for (let round = 0; round < 3; round += 1) {
      opening.failure = locked;
      await first.clock.advance(9000);
      opening.failure = new Failure('journal_failed', { reason: 'no such device' });
      await first.clock.advance(1000);
    }
    expect(first.taken).toEqual([]);
    opening.failure = locked;
    await first.clock.advance(10_000);
    expect(first.taken).toHaveLength(1);
  });

  test('is waited for while a tool has it, however long, and is read meanwhile', async () => {
    const { first, opening } = await onOneLog();
    await first.add({ id: 'before' });
    await breakLog(first, opening);
    opening.failure = new Failure('journal_locked', { folder: 'here', pid: 7, since: 'now', holder: 'tool' });
    await first.clock.advance(3_600_000);
    expect([first.taken, await titlesOf(first)]).toEqual([[], ['before']]);
    opening.failure = null;
    await first.clock.advance(1000);
    expect(await first.add()).toBe('build-001');
  });
});

test.each([
  ['another writer has taken over', 'taken', TAKEN],
  ['its files are gone', 'removed', { code: 'journal_removed', retryable: true }],
] as const)('E3: a journal that says itself that %s is never opened again, and whoever asks is told just that', async (_, fault, told) => {
  const { first, opening } = await onOneLog();
  await first.add();
  opening.times = 0;
  first.gate.fault = fault;
  await expect(first.add()).rejects.toMatchObject(told);
  await first.clock.advance(60_000);
  expect([opening.times, first.taken]).toEqual([0, [expect.objectContaining(told)]]);
  await expect(first.add()).rejects.toMatchObject(told);
  await expect(titlesOf(first)).rejects.toMatchObject(told);
});
