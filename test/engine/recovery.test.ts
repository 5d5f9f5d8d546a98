/** Recovery: the state of a log is the state that was live, whatever happened; a log that cannot be read is told apart. */
import { describe, expect, test } from 'vitest';
import { DEFAULT_SETTINGS } from '../../src/contract/settings.ts';
import { Failure } from '../../src/contract/failure.ts';
import type { CommandName } from '../../src/contract/operations.ts';
import { recoverState } from '../../src/engine/recover-state.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { MemoryStorage, openMemoryJournal } from '../../src/journal/memory/memory-journal.ts';
import { SeededRandom } from '../simulation/seeded-random.ts';
import { brokenInvariants, snapshotOf } from '../support/invariants.ts';
import { JOURNALS, TestEngine } from './test-engine.ts';

/** Random commands, many at a time; their refusals do not matter. */
async function load(swarm: TestEngine, rounds: number, random: () => number): Promise<void> {
  const number = (below: number): number => Math.floor(random() * below);
  const session = (): string => `s${number(5)}`;
  const task = (): string => `build-${String(1 + number(rounds)).padStart(3, '0')}`;
  const given: { session_id: string; task_id: string }[] = [];
  swarm.engine.feed.listen((events) => {
    for (const { type, data } of events) if (type === 'task_assigned') given.push({ session_id: data.session_id, task_id: data.task_id });
  });
  const end = (): object => given[given.length - 1 - number(4)] ?? { session_id: session(), task_id: task() };
  const commands: (() => [CommandName, object])[] = [
    () => ['session.register', { session_id: session(), capabilities: ['a', 'b'].slice(number(2)), max_concurrent_tasks: 1 + number(3) }],
    () => ['session.heartbeat', { session_id: session(), status: 'idle' }],
    () => ['session.deregister', { session_id: number(4) === 0 ? session() : 'nobody' }],
    () => ['work.request', { session_id: session() }],
    () => ['work.claim', { session_id: session(), task_id: task() }],
    () => ['work.complete', { ...end(), status: number(3) > 0 ? 'completed' : 'failed', result: 'r'.repeat(number(50)) }],
    () => ['task.cancel', { task_id: number(4) === 0 ? task() : 'none' }],
    () => ['task.retry', { task_id: task() }],
  ];
  for (let round = 0; round < rounds; round += 1) {
    const dependencies = number(3) === 0 ? [task()] : [];
    const policy = ['block', 'cascade', 'ignore'][number(3)];
    const calls = [swarm.add({ dependencies, on_dependency_failure: policy, required_capability: number(2) === 0 ? 'a' : null })];
    for (let count = 0; count < 6; count += 1) {
      const [name, input] = commands[number(commands.length)]?.() ?? ['work.request', {}];
      calls.push(swarm.call(name, input as never).then(() => ''));
    }
    for (const call of calls) call.catch(() => undefined);
    if (number(3) === 0) await Promise.allSettled(calls);
    if (number(10) === 0) await swarm.clock.advance(number(200_000));
  }
}

describe.each(JOURNALS)('invariant 3 on the %s journal', (kind) => {
  test('the log folds into the live state, after a random load and after restarts', { timeout: 240_000 }, async () => {
    const swarm = await TestEngine.open(kind);
    const seeded = new SeededRandom('recovery');
    const random = (): number => seeded.next();
    for (let life = 0; life < 3; life += 1) {
      await load(swarm, 150, random);
      const live = await swarm.snapshot();
      expect(await swarm.engine.read((state) => brokenInvariants(state, new Set(state.tasks.keys())))).toEqual([]);
      await swarm.close();
      const journal = await swarm.openJournal();
      const { state } = await recoverState('test', journal);
      await journal.close();
      expect(snapshotOf(state)).toEqual(live);
      await swarm.reopen();
    }
    const types = new Set(await swarm.types());
    expect([...types]).toEqual(
      expect.arrayContaining(['task_completed', 'task_failed', 'task_released', 'task_retried', 'session_offline']),
    );
  });

  test('a takeover is recorded when there are sessions, and not otherwise', async () => {
    const swarm = await TestEngine.open(kind);
    await swarm.add();
    await swarm.reopen();
    expect(await swarm.types()).toEqual(['task_added']);
    await swarm.register('s1');
    await swarm.reopen();
    expect(await swarm.types()).toEqual(['task_added', 'session_registered', 'swarm_recovered']);
  });

  test('E3: a log begins with all its settings, recorded once, so that a changed default changes no replay', async () => {
    const swarm = await TestEngine.open(kind, { settings: { offline_after: 5, policy: 'fifo' } });
    await swarm.reopen();
    const events = await swarm.events();
    const settings = { ...DEFAULT_SETTINGS, offline_after: 5, policy: 'fifo' };
    expect(events.map((event) => [event.type, event.data])).toEqual([['config_applied', { settings }]]);
    expect((await swarm.call('config.get', {})).settings.offline_after).toBe(5);
  });

  test('A7: what left memory is still known: repeated ends, ids, dependencies, its history; now and after a restart', async () => {
    const swarm = await TestEngine.open(kind, { settings: { finished_in_memory: 0 } });
    await swarm.register('s1');
    await swarm.call('work.add', { type: 'build', title: 'the first', id: 'first', spec: { run: 'make' } });
    const { lease } = await swarm.call('work.claim', { session_id: 's1', task_id: 'first' });
    const end = { session_id: 's1', task_id: 'first', status: 'completed' as const, result: 'done', lease };
    await swarm.call('work.complete', end);
    await swarm.call('work.add', { tasks: Array.from({ length: 1000 }, () => ({ type: 'other', title: 't' })) });
    for (let number = 1; number <= 1000; number += 1) {
      void swarm.call('task.cancel', { task_id: `other-${String(number).padStart(3, '0')}` });
    }
    await swarm.call('swarm.status', {});
    await swarm.clock.advance(1);
    expect(await swarm.engine.read((state) => [state.retired, state.tasks.has('first')])).toEqual([1000, false]);
    for (const when of ['now', 'after a restart']) {
      if (when !== 'now') await swarm.reopen();
      const before = swarm.engine.feed.head;
      expect(await swarm.call('work.complete', end)).toEqual({ task_id: 'first', status: 'completed', repeated: true });
      expect((await swarm.call('work.add', { type: 'build', title: 'the first', id: 'first', spec: { run: 'make' } })).task_id).toBe(
        'first',
      );
      await expect(swarm.call('work.add', { type: 'build', title: 'other', id: 'first' })).rejects.toMatchObject({ code: 'task_exists' });
      await expect(swarm.call('work.claim', { session_id: 's1', task_id: 'first' })).rejects.toMatchObject({ code: 'task_terminal' });
      await expect(swarm.call('task.retry', { task_id: 'first' })).rejects.toMatchObject({ code: 'task_terminal' });
      expect(swarm.engine.feed.head).toBe(before);
      const { task, history } = await swarm.call('task.show', { task_id: 'first' });
      expect(task).toMatchObject({ status: 'completed', result: 'done', title: 'the first', spec: { run: 'make' }, assigned_to: 's1' });
      expect(history.map((entry) => entry.action)).toEqual(['added', 'assigned', 'completed']);
    }
    const next = await swarm.add({ dependencies: ['first', 'other-001'] });
    const { task } = await swarm.call('task.show', { task_id: next });
    expect(task.waiting?.code).toBe('dependency_failed');
    await swarm.add({ id: 'runs', dependencies: ['first'] });
    const given = await swarm.call('work.request', { session_id: 's1' });
    expect(given.task).toMatchObject({ id: 'runs', context: { dependencies: [{ id: 'first', status: 'completed', result: 'done' }] } });
  });
});

describe('a log that cannot be read', () => {
  async function outcomeOf(texts: readonly string[], change: (storage: MemoryStorage) => void = () => undefined): Promise<Failure> {
    const storage = new MemoryStorage('test');
    const journal = openMemoryJournal(storage);
    let seq = 0;
    for (const text of texts) {
      const first_seq = seq + 1;
      seq += (JSON.parse(text) as unknown[]).length;
      await journal.append({ first_seq, last_seq: seq, time: 1, text, retired: [] });
    }
    await journal.close();
    change(storage);
    const opened = TestEngine.open('memory', { openJournal: async () => openMemoryJournal(storage) });
    const failure = await opened.then(
      () => null,
      (error: unknown) => error,
    );
    expect(storage.open).toBe(false);
    if (failure instanceof Failure) return failure;
    throw new Error('the log was read');
  }

  const registered = '["session_deregistered",1,1,"a",null,{"session_id":"s1"}]';

  test('R31: an event type that this version does not know: journal_version', async () => {
    const failure = await outcomeOf([`[${registered}]`, '[["task_teleported",1,1,"a",null,{}]]']);
    expect(failure).toMatchObject({ code: 'journal_version', params: { found: 'task_teleported 1', known: 0 } });
  });

  test('R31: an event of a newer version: journal_version', async () => {
    const failure = await outcomeOf(['[["session_deregistered",99,1,"a",null,{"session_id":"s1"}]]']);
    expect(failure).toMatchObject({ code: 'journal_version', params: { found: 'session_deregistered 99', known: 1 } });
  });

  test('a changed byte: journal_damaged, with its place', async () => {
    const failure = await outcomeOf([`[${registered}]`, `[${registered},${registered}]`], (storage) => {
      const link = storage.links[1];
      if (link !== undefined) storage.links[1] = { ...link, text: link.text.replace('s1', 's2') };
    });
    expect(failure).toMatchObject({ code: 'journal_damaged', params: { first_seq: 2, last_seq: 3, good_events: 1 } });
  });

  test.each([
    ['a record that is none', '["x"]', 2],
    ['an event of a task that is not there', '[["task_due",1,1,"a",null,{"task_id":"t","prev":0}]]', 2],
    ['an event without its data', `[${registered},["task_started",1,1,"a",null,null]]`, 3],
  ])('R19: %s: journal_damaged, with what is good', async (_what, text, first_seq) => {
    const failure = await outcomeOf([`[${registered}]`, text]);
    expect(failure).toMatchObject({ code: 'journal_damaged', params: { first_seq, good_events: first_seq - 1 } });
  });
});

describe('a log that may not be written', () => {
  function readOnly(journal: Journal): Journal {
    return new Proxy(journal, {
      get: (target, key) => {
        if (key === 'readOnly') return { reason: 'behind its witness', witness_seq: 9 };
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  }

  test('commands are refused, reads are answered, nothing is written, no timer runs', async () => {
    const storage = new MemoryStorage('test');
    let written = false;
    const swarm = await TestEngine.open('memory', {
      openJournal: async () => (written ? readOnly(openMemoryJournal(storage)) : openMemoryJournal(storage)),
    });
    await swarm.register('s1');
    await swarm.add();
    await swarm.close();
    written = true;
    const timers = swarm.clock.waiting;
    await swarm.reopen();
    expect(swarm.engine.fault).toMatchObject({ code: 'read_only' });
    await expect(swarm.add()).rejects.toMatchObject({ code: 'read_only' });
    await expect(swarm.call('work.request', { session_id: 's1' })).rejects.toMatchObject({ code: 'read_only' });
    expect((await swarm.call('swarm.status', {})).tasks.pending).toBe(1);
    await swarm.clock.advance(1_000_000);
    expect([storage.links.length, swarm.clock.waiting]).toEqual([3, timers]);
  });
});
