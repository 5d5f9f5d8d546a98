/**
 * Who looks after the log of a simulated world, as an operator with the commands on logs does, each in a process of its own
 * that may die at any step: moves old events into the archive and back, puts the archive elsewhere for a while, makes backups
 * and forks beside the running server. What was made goes into the testimony, where it is held against the log at the end.
 */
import { pause } from '../../src/client/pause.ts';
import { Failure, reasonOf } from '../../src/contract/failure.ts';
import { emptyHead, type Link } from '../../src/journal/chain.ts';
import type { Head } from '../../src/journal/journal.ts';
import { exportLines, linksUntil, type LogSource } from '../../src/journal/jsonl/export-log.ts';
import { bringCheckpoint } from '../../src/travel/fold-log.ts';
import { type ArchivePlace, type LiveLog, moveAll, moveUntil } from '../../src/travel/move-events.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { SimProcess } from './sim-process.ts';
import { type ArchiveRules, readLinks } from './sim-storage.ts';
import type { WorldParts } from './world-parts.ts';

const STEP_MS = 100;
const AWAY_MS = 20_000;
const DIES = 0.2;
const DEEDS = ['archive', 'archive', 'bring back', 'put away', 'back up', 'fork'] as const;

/** An archivist at work. */
export class SimArchivist {
  readonly #parts: WorldParts;
  readonly #random: SeededRandom;
  readonly #rules: ArchiveRules;
  readonly #do: Readonly<Record<(typeof DEEDS)[number], (process: SimProcess) => Promise<void>>> = {
    archive: (process) => this.#archive(process),
    'bring back': (process) => this.#bringBack(process),
    'put away': () => this.#putAway(),
    'back up': () => this.#backUp(),
    fork: () => this.#fork(),
  };

  constructor(parts: WorldParts) {
    this.#parts = parts;
    this.#random = parts.random.derive('archivist');
    this.#rules = parts.mutant?.archive ?? {};
  }

  /** Does things until the signal aborts. Never rejects. */
  async live(pause_ms: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts.makeProcess('archivist', this.#parts.plan.clock);
    while (!signal.aborted) {
      await pause(clock, this.#random.exponential(pause_ms), signal);
      if (signal.aborted) return;
      await this.#inProcess(this.#random.pick(DEEDS));
    }
  }

  /** Resolves when the process has ended, however it did. */
  #inProcess(deed: (typeof DEEDS)[number]): Promise<void> {
    const { plan, time } = this.#parts;
    const process = this.#parts.makeProcess('tool', plan.clock);
    return new Promise((resolve) => {
      process.onDeath(resolve);
      if (this.#random.chance(DIES)) {
        void time.after(this.#random.exponential(2 * STEP_MS), () => {
          if (process.alive) this.#parts.see('archive: its process died');
          process.kill();
        });
      }
      this.#do[deed](process)
        .catch((error: unknown) => this.#onFailure(error))
        .finally(() => process.kill());
    });
  }

  /** A full disk, an archive that is away: the next try goes on from there. */
  #onFailure(error: unknown): void {
    const isExpected = error instanceof Failure ? error.code === 'archive_missing' : reasonOf(error).startsWith('EIO');
    if (!isExpected) this.#parts.violate(`the log cannot be archived: ${reasonOf(error)}`);
  }

  async #archive(process: SimProcess): Promise<void> {
    const { storage, checkpoints } = this.#parts;
    if (storage.isArchiveAway) return;
    const log = this.#logOf(process);
    await bringCheckpoint(log, checkpoints.shelf, 'default');
    const moved = await moveUntil({ log, shelf: checkpoints.shelf }, this.#place(process), this.#random.whole(0, log.head.seq));
    if (moved > 0) this.#parts.see('archive: events left the log');
  }

  async #bringBack(process: SimProcess): Promise<void> {
    if (this.#parts.storage.isArchiveAway) return;
    const moved = await moveAll({ log: this.#logOf(process) }, this.#place(process));
    if (moved > 0) this.#parts.see('archive: events came back');
  }

  async #putAway(): Promise<void> {
    const { storage, time } = this.#parts;
    if (storage.base.seq === 0 || storage.isArchiveAway) return;
    storage.moveArchive(true);
    this.#parts.see('archive: somebody put it elsewhere');
    void time.after(this.#random.exponential(AWAY_MS), () => storage.moveArchive(false));
  }

  async #backUp(): Promise<void> {
    const { testimony } = this.#parts;
    const source = this.#source();
    const head = this.#head();
    const acknowledged = new Set(testimony.added);
    let text = '';
    for await (const lines of exportLines(source, { swarm: 'default', until: head.seq, exported_at: '2027-01-01T00:00:00.000Z' }))
      text += lines;
    testimony.backups.push({ text, ...head, acknowledged });
    this.#parts.see('backup: made beside the server');
  }

  async #fork(): Promise<void> {
    const until = this.#random.whole(0, this.#head().seq);
    const links: Link[] = [];
    for await (const link of linksUntil(this.#source(), this.#rules.wholeChunks === true ? this.#endOfChunk(until) : until))
      links.push(link);
    this.#parts.testimony.forks.push({ until, links });
    this.#parts.see('fork: made beside the server');
  }

  #endOfChunk(seq: number): number {
    return this.#safe().find(({ last_seq }) => last_seq >= seq)?.last_seq ?? seq;
  }

  #place(process: SimProcess): ArchivePlace {
    const step = (): Promise<void> => new Promise((resolve) => void process.after(this.#random.exponential(STEP_MS), resolve));
    return { swarm: 'default', now: process.clock.now(), step };
  }

  #safe(): Link[] {
    return readLinks(this.#parts.storage, true);
  }

  #head(): Head {
    const last = this.#safe().at(-1);
    const { seq, hash } = this.#parts.storage.base;
    return last === undefined ? { seq, hash } : { seq: last.last_seq, hash: last.hash };
  }

  /** What another process than the server sees of the log: what is safe. */
  #source(): LogSource {
    const { storage } = this.#parts;
    const safe = (): Link[] => this.#safe();
    const onlyLive = this.#rules.onlyLive === true;
    return {
      id: storage.id,
      async *read(fromSeq) {
        const { seq } = storage.base;
        if (fromSeq <= seq && !onlyLive) yield* storage.archive.read(fromSeq, seq);
        for (const link of safe()) if (link.last_seq >= fromSeq) yield link;
      },
    };
  }

  #logOf(process: SimProcess): LiveLog {
    const { storage } = this.#parts;
    const source = this.#source();
    const linkAt = async (seq: number): Promise<Link | null> => {
      if (seq >= 1 && seq <= storage.base.seq) return storage.archive.linkAt(seq);
      return this.#safe().find(({ first_seq, last_seq }) => first_seq <= seq && last_seq >= seq) ?? null;
    };
    const head = (): Head => this.#head();
    return {
      id: storage.id,
      get head() {
        return head();
      },
      get base() {
        return storage.base;
      },
      get archived() {
        return storage.base.seq;
      },
      archive: storage.archive,
      read: (fromSeq) => source.read(fromSeq),
      chunkAt: linkAt,
      hashAfter: async (seq) => {
        if (seq === 0) return emptyHead(storage.id).hash;
        if (seq === storage.base.seq) return storage.base.hash;
        const link = await linkAt(seq);
        return link?.last_seq === seq ? link.hash : null;
      },
      retired: async () => new Map(),
      close: async () => undefined,
      dropTo: (_, to) => storage.dropTo(process, this.#rules.dropsMore === true ? this.#further(to) : to),
      bringBack: (links, before) => storage.bringBack(process, links, before),
    };
  }

  #further({ seq }: Head): Head {
    const next = this.#safe().find(({ first_seq }) => first_seq > seq);
    return next === undefined ? this.#head() : { seq: next.last_seq, hash: next.hash };
  }
}
