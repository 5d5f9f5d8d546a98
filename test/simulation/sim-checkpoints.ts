/**
 * The checkpoints of a simulated log: the real images, files and rules of which may be used, in a folder that is made and
 * removed with the world. They are made after a moment, as by a thread that dies with its process, and they are spoiled.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import type { Checkpoints } from '../../src/engine/checkpoint/checkpoints.ts';
import type { Journal, JournalReader } from '../../src/journal/journal.ts';
import { readHeader, readTexts, writeCheckpoint } from '../../src/travel/checkpoint-file.ts';
import { CheckpointShelf } from '../../src/travel/checkpoint-shelf.ts';
import { bringCheckpoint } from '../../src/travel/fold-log.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { SimProcess } from './sim-process.ts';

/** What the keeper of simulated checkpoints leaves out: rules whose absence the simulation must notice. */
export interface CheckpointRules {
  /** Takes a file whose hash does not match for whole. */
  readonly withoutDigest?: boolean;
  /** Asks the checkpoint, not the log, which history it is of. */
  readonly withoutHistory?: boolean;
  /** Takes what a checkpoint holds for the end of the log. */
  readonly withoutTail?: boolean;
}

/** Where memory is a disk, a sync costs nothing. */
const MEMORY = '/dev/shm';
const MAKING_MS = 300;
const LENGTH_BYTES = 4;
const DIGEST_DIGITS = 64;

/** What can be done to a checkpoint's file. */
const SPOILS = ['bits flipped', 'cut off', 'removed', 'changed', 'of another history'] as const;

/** The checkpoints of one simulated log; they outlive its servers. */
export class SimCheckpoints {
  /** Where they are. */
  readonly folder = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'tutti-sim-'));
  readonly shelf = new CheckpointShelf(this.folder);
  readonly #random: SeededRandom;
  readonly #seen: (fault: string) => void;
  readonly #rules: CheckpointRules;

  constructor(random: SeededRandom, seen: (fault: string) => void, rules: CheckpointRules = {}) {
    this.#random = random;
    this.#seen = seen;
    this.#rules = rules;
  }

  /** The checkpoints as one server process keeps them; `journal` is what it writes to now. */
  of(process: SimProcess, intervalMs: number, journal: () => Journal | null): Checkpoints {
    return {
      intervalMs,
      newest: async (log) => {
        const places = this.shelf.places();
        const found = await this.shelf.newestUpTo(log.head.seq, this.#rules.withoutHistory === true ? this.#believer(log.id) : log);
        if (found !== null)
          this.#seen(found.state.seq === places.at(-1) ? 'checkpoint: the newest was used' : 'checkpoint: an older one was used');
        else if (places.length > 0) this.#seen('checkpoint: none could be used');
        if (found !== null && this.#rules.withoutTail === true) found.state.seq = log.head.seq;
        return found;
      },
      make: async () => {
        const took = this.#random.exponential(MAKING_MS);
        await new Promise<void>((resolve) => void process.after(took, resolve));
        const log = journal();
        if (log !== null) await bringCheckpoint(log, this.shelf, 'default');
        this.#seen('checkpoint: one was made');
        return took;
      },
      close: () => Promise.resolve(),
    };
  }

  /** Something happens to the newest, or to all. */
  spoil(): void {
    const places = this.shelf.places();
    for (const place of this.#random.chance(0.7) ? places.slice(-1) : places) {
      const how = this.#random.pick(SPOILS);
      this.#seen(`checkpoint: ${how}`);
      this.#spoil(this.#pathOf(place), how);
    }
  }

  /** The world has ended. */
  end(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 20 });
  }

  #believer(id: string): Pick<JournalReader, 'id' | 'hashAfter'> {
    return { id, hashAfter: async (seq) => readHeader(this.#pathOf(seq)).hash };
  }

  #pathOf(seq: number): string {
    return join(this.folder, 'checkpoints', `${String(seq).padStart(15, '0')}.checkpoint`);
  }

  #spoil(path: string, how: (typeof SPOILS)[number]): void {
    const bytes = readFileSync(path);
    switch (how) {
      case 'bits flipped': {
        const index = this.#random.whole(0, bytes.length - 1);
        bytes[index] = (bytes[index] ?? 0) ^ (1 << this.#random.whole(0, 7));
        return writeFileSync(path, bytes);
      }
      case 'cut off':
        return truncateSync(path, this.#random.whole(0, bytes.length - 1));
      case 'removed':
        return rmSync(path);
      case 'changed':
      case 'of another history':
        return this.#change(path, how === 'changed');
    }
  }

  /** What reads well and is not so: with the hash of what it was, or whole, as of a log that went another way. */
  #change(path: string, keepsDigest: boolean): void {
    let texts: string[];
    try {
      texts = [...readTexts(path)].map((text) => text.replace(/"added":(\d+)/, (_, added) => `"added":${Number(added) + 1}`));
    } catch {
      // Spoiled before.
      return;
    }
    const header = readHeader(path);
    writeCheckpoint(path, keepsDigest ? header : { ...header, hash: '0'.repeat(DIGEST_DIGITS) }, texts);
    if (!keepsDigest || this.#rules.withoutDigest === true) return;
    const bytes = readFileSync(path);
    let last = 0;
    for (let at = 0; at < bytes.length; at += LENGTH_BYTES + bytes.readUInt32LE(at)) last = at;
    writeFileSync(path, Buffer.concat([bytes.subarray(0, last), blockOf('0'.repeat(DIGEST_DIGITS))]));
  }
}

function blockOf(text: string): Buffer {
  const content = zstdCompressSync(text);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(content.length);
  return Buffer.concat([length, content]);
}
