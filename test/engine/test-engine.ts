/** An engine on a journal of a test's choice, behind a gate and under a clock that the test moves. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Failure } from '../../src/contract/failure.ts';
import type { LogEvent } from '../../src/contract/event.ts';
import type { InputOf, OperationName, OutputOf } from '../../src/contract/operations.ts';
import type { Settings } from '../../src/contract/settings.ts';
import type { Checkpoints } from '../../src/engine/checkpoint/checkpoints.ts';
import type { Moments } from '../../src/engine/moments.ts';
import { SwarmEngine } from '../../src/engine/swarm-engine.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { MemoryStorage, openMemoryJournal } from '../../src/journal/memory/memory-journal.ts';
import { openSqliteJournal } from '../../src/journal/sqlite/open-sqlite-journal.ts';
import { invoke, type WaitingCaller } from '../../src/server/invoke.ts';
import { snapshotOf } from '../support/invariants.ts';
import { ANYONE } from '../support/test-swarm.ts';
import type { Offload } from '../../src/engine/planner.ts';
import { countedOffload } from './counted-offload.ts';
import { Gate } from './gated-journal.ts';
import { ManualClock } from './manual-clock.ts';

/** The journals that every test of an engine runs on. */
export const JOURNALS = ['memory', 'sqlite'] as const;
/** One of them. */
export type JournalKind = (typeof JOURNALS)[number];
/** The last event of a log that has only begun: it records the settings. */
export const BEGUN = 1;

/** What a test may choose. */
export interface TestEngineOptions {
  readonly settings?: Partial<Settings>;
  /** Instead of a journal of a kind. */
  readonly openJournal?: () => Promise<Journal>;
  readonly checkpoints?: Checkpoints;
  readonly moments?: () => Moments;
  readonly offload?: Offload;
}

/** An engine that can be closed and opened again on the same log. */
export class TestEngine {
  readonly clock = new ManualClock();
  readonly gate = new Gate();
  readonly faults: { readonly reason: string; readonly recovered: boolean }[] = [];
  /** What it was told of another writer that has its log for good. */
  readonly taken: Failure[] = [];
  readonly #open: () => Promise<Journal>;
  readonly #options: TestEngineOptions;
  #engine: SwarmEngine | null = null;

  private constructor(open: () => Promise<Journal>, options: TestEngineOptions) {
    this.#open = open;
    this.#options = options;
  }

  /** Opens an engine on an empty log; it is closed when the test ends. */
  static async open(kind: JournalKind, options: TestEngineOptions = {}): Promise<TestEngine> {
    const test = new TestEngine(options.openJournal ?? journalOf(kind), options);
    onTestFinished(async () => {
      test.gate.release();
      await test.close();
    });
    await test.reopen();
    test.gate.arrived.length = 0;
    return test;
  }

  /** The engine that is open. */
  get engine(): SwarmEngine {
    if (this.#engine === null) throw new Error('the engine is not open');
    return this.#engine;
  }

  /** Opens the journal as the engine does, without the engine. */
  openJournal(): Promise<Journal> {
    return this.#open();
  }

  /** Closes the engine, if it is open, and opens another on the same log. */
  async reopen(): Promise<void> {
    await this.close();
    this.#engine = await SwarmEngine.open({
      name: 'test',
      openJournal: async () => this.gate.before(await this.#open()),
      clock: this.clock,
      random: { next: () => 0.5, id: randomUUID },
      settings: this.#options.settings ?? {},
      offload: this.#options.offload ?? countedOffload,
      ...(this.#options.checkpoints === undefined ? {} : { checkpoints: this.#options.checkpoints }),
      ...(this.#options.moments === undefined ? {} : { moments: this.#options.moments() }),
      onFault: (fault) => this.faults.push(fault),
      onTaken: (failure) => this.taken.push(failure),
    });
  }

  /** Closes the engine. */
  async close(): Promise<void> {
    await this.#engine?.close();
  }

  /** Calls an operation as a door does. */
  call<N extends OperationName>(name: N, input: InputOf<N>, caller: WaitingCaller = ANYONE): Promise<OutputOf<N>> {
    return invoke(this.engine, name, input, caller) as Promise<OutputOf<N>>;
  }

  /** Registers a session without giving it work yet; returns its incarnation. */
  async register(session_id: string, max_concurrent_tasks = 1, capabilities: string[] = []): Promise<number> {
    const input = { session_id, capabilities, max_concurrent_tasks, wants_work: false };
    return (await this.call('session.register', input)).incarnation;
  }

  /** Adds a task; returns its id. */
  async add(task: object = {}): Promise<string> {
    return (await this.call('work.add', { type: 'build', title: 'a task', ...task })).task_id;
  }

  /** The durable events. */
  async events(since = 0): Promise<readonly LogEvent[]> {
    const { feed } = this.engine;
    const found: LogEvent[] = [];
    while (since + found.length < feed.head) found.push(...(await feed.after(since + found.length, 1000)));
    return found;
  }

  /** The types of the durable events after `since`. */
  async types(since = BEGUN): Promise<string[]> {
    return (await this.events(since)).map((event) => event.type);
  }

  /** The state as plain JSON. */
  snapshot(): Promise<unknown> {
    return this.engine.read(snapshotOf);
  }
}

/** How a test opens a log of its own, again and again. */
export function journalOf(kind: JournalKind): () => Promise<Journal> {
  if (kind === 'memory') {
    const storage = new MemoryStorage('test');
    return async () => openMemoryJournal(storage);
  }
  const folder = mkdtempSync(join(tmpdir(), 'tutti-engine-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 20 }));
  return () => openSqliteJournal({ folder });
}

/** True once a promise has settled, without waiting for it. */
export function watch(promise: Promise<unknown>): { readonly settled: () => boolean } {
  let settled = false;
  promise.then(
    () => (settled = true),
    () => (settled = true),
  );
  return { settled: () => settled };
}
