/** When an append fails: everybody who waits is told so, the log is read again, and the writer works on. */
import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/contract/failure.ts';
import type { LogEvent } from '../../src/contract/event.ts';
import { SwarmEngine } from '../../src/engine/swarm-engine.ts';
import { MemoryStorage, openMemoryJournal } from '../../src/journal/memory/memory-journal.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { ManualClock, rest } from './manual-clock.ts';
import { BEGUN, JOURNALS, journalOf, TestEngine, watch } from './test-engine.ts';
import { Gate } from './gated-journal.ts';

const TOLD = { code: 'journal_failed', retryable: true };
const FULL = { ...TOLD, message: 'The log could not be written: the disk is full' };

/** Lets the writer break and read its log again. */
async function recovered(swarm: TestEngine): Promise<void> {
  // The journal's thread takes its own time: the test's limit ends the waiting.
  for (let turn = 0; swarm.faults.at(-1)?.recovered !== true; turn += 1) {
    await swarm.clock.advance(turn < 200 ? 10 : 0);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe.each(JOURNALS)('a failed append on the %s journal', (kind) => {
  test('R28: everybody who waits is told to try again; nothing of it is visible; what was acknowledged is there', async () => {
    const swarm = await TestEngine.open(kind);
    const published: LogEvent[] = [];
    swarm.engine.feed.listen((events) => published.push(...events));
    const kept = await swarm.add();
    swarm.gate.hold();
    const first = swarm.add({ id: 'lost-1' });
    await rest();
    const second = swarm.add({ id: 'lost-2' });
    await rest();
    const third = swarm.add({ id: 'lost-3' });
    const read = swarm.call('swarm.status', {});
    const refused = swarm.call('task.retry', { task_id: kept });
    swarm.gate.fault = 'lost';
    swarm.gate.release();
    const told = [first, second, third, read, refused].map((each) => expect(each).rejects.toMatchObject(FULL));
    await Promise.all(told);
    await expect(swarm.add()).rejects.toMatchObject(FULL);
    await expect(swarm.call('swarm.status', {})).rejects.toMatchObject(TOLD);
    expect(swarm.engine.fault).toMatchObject(TOLD);
    await recovered(swarm);
    expect(swarm.engine.fault).toBeNull();
    expect((await swarm.call('task.list', {})).tasks.map((task) => task.id)).toEqual([kept]);
    expect(await swarm.add()).toBe('build-002');
    expect(published.map((event) => event.seq)).toEqual([BEGUN + 1, BEGUN + 2]);
    expect(swarm.faults).toEqual([
      { reason: expect.stringContaining('the disk is full') as string, recovered: false },
      { reason: 'the log was re-read', recovered: true },
    ]);
  });

  test('R28: an append whose answer was lost counts as done: the repeated command has no second effect', async () => {
    const swarm = await TestEngine.open(kind);
    swarm.gate.fault = 'stored';
    const add = { type: 'build', title: 'a task', command_id: 'c1' };
    await expect(swarm.call('work.add', add)).rejects.toMatchObject(TOLD);
    await recovered(swarm);
    expect((await swarm.call('work.add', add)).task_id).toBe('build-001');
    expect(await swarm.types()).toEqual(['task_added']);
    expect(await swarm.add()).toBe('build-002');
  });

  test('sessions and leases live on, with one grace period', async () => {
    const swarm = await TestEngine.open(kind);
    await swarm.register('s1');
    const task_id = await swarm.add();
    const { lease } = await swarm.call('work.claim', { session_id: 's1', task_id });
    swarm.gate.fault = 'lost';
    await expect(swarm.add()).rejects.toMatchObject(TOLD);
    await recovered(swarm);
    expect((await swarm.types(3)).slice(-1)).toEqual(['swarm_recovered']);
    await swarm.call('work.complete', { session_id: 's1', task_id, status: 'completed', lease });
    expect(await swarm.engine.read((state) => brokenInvariants(state))).toEqual([]);
  });

  test('closing waits for what was taken, and takes no more', async () => {
    const swarm = await TestEngine.open(kind);
    swarm.gate.hold();
    const added = swarm.add();
    await rest();
    const more = swarm.add();
    const closed = swarm.close();
    const { settled } = watch(closed);
    const late = [swarm.add(), swarm.call('swarm.status', {})];
    await Promise.all(late.map((each) => expect(each).rejects.toMatchObject({ code: 'shutting_down', retryable: true })));
    await rest();
    expect(settled()).toBe(false);
    swarm.gate.release();
    await closed;
    expect([await added, await more]).toEqual(['build-001', 'build-002']);
    await swarm.reopen();
    expect((await swarm.call('swarm.status', {})).tasks.total).toBe(2);
  });

  test('a disk that fails while closing leaves nobody waiting', async () => {
    const swarm = await TestEngine.open(kind);
    swarm.gate.hold();
    const calls: Promise<string>[] = [];
    for (let number = 0; number < 4; number += 1) {
      calls.push(swarm.add());
      await rest();
    }
    const closed = swarm.close();
    swarm.gate.fault = 'lost';
    swarm.gate.release();
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(calls.map(() => 'rejected'));
    await closed;
    await swarm.reopen();
    expect((await swarm.call('swarm.status', {})).tasks.total).toBe(0);
  });
});

describe('a log that does not come back at once', () => {
  async function withOpening(): Promise<{ swarm: TestEngine; opening: { failure: Failure | null; times: number } }> {
    const storage = new MemoryStorage('test');
    const opening: { failure: Failure | null; times: number } = { failure: null, times: 0 };
    const openJournal = async () => {
      opening.times += 1;
      if (opening.failure !== null) throw opening.failure;
      return openMemoryJournal(storage);
    };
    return { swarm: await TestEngine.open('memory', { openJournal }), opening };
  }

  test('it is tried again every second until it works', async () => {
    const { swarm, opening } = await withOpening();
    await swarm.add();
    swarm.gate.fault = 'lost';
    opening.failure = new Failure('journal_failed', { reason: 'no such device' });
    await expect(swarm.add()).rejects.toMatchObject(TOLD);
    await swarm.clock.advance(5000);
    expect(opening.times).toBe(7);
    await expect(swarm.add()).rejects.toMatchObject({ ...TOLD, message: expect.stringContaining('no such device') as string });
    opening.failure = null;
    await swarm.clock.advance(1000);
    expect(await swarm.add()).toBe('build-002');
  });

  test('E3: meanwhile what is durable is shown, and nothing else; commands are refused; then all goes on', async () => {
    const { swarm, opening } = await withOpening();
    await swarm.register('s1');
    const kept = await swarm.add();
    const before = await swarm.snapshot();
    swarm.gate.fault = 'lost';
    opening.failure = new Failure('journal_failed', { reason: 'the disk is full' });
    await expect(swarm.add({ id: 'lost-1' })).rejects.toMatchObject(TOLD);
    for (let second = 0; second < 3; second += 1) {
      await swarm.clock.advance(1000);
      expect(await swarm.snapshot()).toEqual(before);
      expect((await swarm.call('task.list', {})).tasks.map(({ id }) => id)).toEqual([kept]);
      await expect(swarm.add()).rejects.toMatchObject(TOLD);
      await expect(swarm.call('work.claim', { session_id: 's1', task_id: kept })).rejects.toMatchObject(TOLD);
    }
    // The log can be opened again, but writing to it fails: what shows that is not in the state.
    opening.failure = null;
    for (let second = 0; second < 3; second += 1) {
      swarm.gate.fault = 'lost';
      await swarm.clock.advance(1000);
      expect(await swarm.snapshot()).toEqual(before);
      expect(swarm.engine.fault).toMatchObject(TOLD);
    }
    swarm.gate.fault = null;
    await swarm.clock.advance(1000);
    expect(swarm.engine.fault).toBeNull();
    await swarm.call('work.claim', { session_id: 's1', task_id: kept });
    expect((await swarm.types(BEGUN + 2)).slice(0, 2)).toEqual(['swarm_recovered', 'task_assigned']);
    expect(await swarm.engine.read((state) => brokenInvariants(state))).toEqual([]);
  });

  test('an append whose answer was lost while the log did not come back: it is there then, and no second time', async () => {
    const { swarm, opening } = await withOpening();
    await swarm.register('s1');
    swarm.gate.fault = 'stored';
    opening.failure = new Failure('journal_failed', { reason: 'no such device' });
    await expect(swarm.add()).rejects.toMatchObject(TOLD);
    await swarm.clock.advance(1000);
    expect((await swarm.call('task.list', {})).tasks).toEqual([]);
    opening.failure = null;
    await swarm.clock.advance(1000);
    expect((await swarm.call('task.list', {})).tasks.map(({ id }) => id)).toEqual(['build-001']);
    expect(await swarm.types(BEGUN + 1)).toEqual(['task_added', 'swarm_recovered']);
  });

  test('a disk that stays full is not tried without pause', async () => {
    const { swarm, opening } = await withOpening();
    await swarm.register('s1');
    const fill = swarm.engine.feed.head;
    swarm.gate.fault = 'lost';
    await expect(swarm.add()).rejects.toMatchObject(TOLD);
    // Taking over records itself, so that each attempt meets the full disk again.
    for (let second = 0; second < 5; second += 1) {
      swarm.gate.fault = 'lost';
      await swarm.clock.advance(1000);
    }
    expect(opening.times).toBeLessThanOrEqual(8);
    swarm.gate.fault = null;
    await swarm.clock.advance(1000);
    expect(swarm.engine.fault).toBeNull();
    expect(await swarm.types(fill)).toEqual(['swarm_recovered']);
    await swarm.clock.advance(5000);
    expect(await swarm.add()).toBe('build-001');
    expect(swarm.faults.at(-1)?.recovered).toBe(true);
  });

  test('closing meanwhile ends the attempts', async () => {
    const { swarm, opening } = await withOpening();
    swarm.gate.fault = 'lost';
    opening.failure = new Failure('journal_failed', { reason: 'no such device' });
    await expect(swarm.add()).rejects.toMatchObject(TOLD);
    await swarm.clock.advance(0);
    await swarm.close();
    const { times } = opening;
    await swarm.clock.advance(60_000);
    expect([opening.times, swarm.clock.waiting]).toEqual([times, 0]);
    await expect(swarm.add()).rejects.toMatchObject({ code: 'shutting_down' });
  });
});

test('an engine that cannot write while it opens holds nothing afterwards', async () => {
  const openJournal = journalOf('memory');
  const gate = new Gate();
  const clock = new ManualClock();
  const options = {
    name: 'test',
    openJournal: async () => gate.before(await openJournal()),
    clock,
    random: { next: () => 0.5, id: () => 'w' },
    settings: { offline_after: 5 },
  };
  gate.fault = 'lost';
  await expect(SwarmEngine.open(options)).rejects.toMatchObject(TOLD);
  await clock.advance(60_000);
  expect(clock.waiting).toBe(0);
  const engine = await SwarmEngine.open(options);
  await engine.close();
});
