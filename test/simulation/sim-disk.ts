/**
 * Owns a simulated file on a simulated disk: bytes that were written, and how many of them are safe.
 * A killed process loses nothing that it wrote. A power cut loses what was not synced: a random part of it stays,
 * torn anywhere, perhaps with wrong bits. After a failed sync the pages count as clean although they never reached the
 * disk, as on Linux: a later sync succeeds and does not bring them back.
 */
import type { SeededRandom } from './seeded-random.ts';

/** The process that asks: when it dies, what it asked for does not happen any more. */
export interface DiskUser {
  after(ms: number, run: () => void): unknown;
}

/** How often what goes wrong, per operation, and how slow it is. */
export interface DiskFaults {
  readonly write_error: number;
  readonly no_space: number;
  readonly sync_error: number;
  readonly slow: number;
}

/** A disk without faults. */
export const SOUND_DISK: DiskFaults = { write_error: 0, no_space: 0, sync_error: 0, slow: 0 };

const SYNC_MS = 0.2;
const SLOW_MS = 400;

/** One file that is only ever appended to and truncated. */
export class SimDisk {
  faults: DiskFaults = SOUND_DISK;
  readonly #random: SeededRandom;
  readonly #seen: (fault: string) => void;
  /** Room for what is written, twice as much each time it gets too small. */
  #room: Buffer = Buffer.alloc(65_536);
  #length = 0;
  #synced = 0;
  /** First byte of a range that a failed sync gave up: it counts as clean and is not on the disk. */
  #lost = Infinity;
  #onDirty: (() => void) | null = null;

  constructor(random: SeededRandom, seen: (fault: string) => void) {
    this.#random = random;
    this.#seen = seen;
  }

  /** Runs once, right after the next write that is not yet safe. */
  whenDirty(run: () => void): void {
    this.#onDirty = run;
  }

  /** What a reader sees: the page cache. */
  get bytes(): Buffer {
    return this.#room.subarray(0, this.#length);
  }

  /** Appends. Rejects with part of it written, or nothing. */
  async write(user: DiskUser, bytes: Buffer): Promise<void> {
    await pause(user, 0.01);
    if (this.#random.chance(this.faults.write_error)) {
      this.#seen('disk: EIO while writing');
      throw new Error('EIO: i/o error, write');
    }
    if (this.#random.chance(this.faults.no_space)) {
      this.#seen('disk: ENOSPC');
      this.#append(bytes.subarray(0, this.#random.whole(0, bytes.length - 1)));
      throw new Error('ENOSPC: no space left on device, write');
    }
    this.#append(bytes);
  }

  /** Makes what was written before the call safe. */
  async sync(user: DiskUser): Promise<void> {
    const upTo = this.#length;
    const slow = this.#random.chance(this.faults.slow);
    if (slow) this.#seen('disk: slow sync');
    await pause(user, slow ? this.#random.exponential(SLOW_MS) : this.#random.exponential(SYNC_MS));
    if (this.#random.chance(this.faults.sync_error)) {
      this.#seen('disk: EIO while syncing');
      if (this.#synced < upTo) this.#lost = Math.min(this.#lost, this.#synced);
      this.#synced = Math.max(this.#synced, upTo);
      throw new Error('EIO: i/o error, fsync');
    }
    this.#synced = Math.max(this.#synced, Math.min(upTo, this.#length));
  }

  /** The machine loses its power. */
  powerCut(): void {
    this.#seen('disk: power cut');
    const safe = Math.min(this.#synced, this.#lost);
    const unsafe = this.#length - safe;
    const survives = this.#random.chance(0.4) ? unsafe : this.#random.whole(0, unsafe);
    const kept = Buffer.from(this.bytes.subarray(0, safe + survives));
    if (kept.length < this.#length) this.#seen('disk: unsynced bytes lost');
    if (kept.length > safe && this.#random.chance(0.3)) {
      this.#seen('disk: unsynced bits flipped');
      const index = this.#random.whole(safe, kept.length - 1);
      kept[index] = (kept[index] ?? 0) ^ (1 << this.#random.whole(0, 7));
    }
    this.put(kept);
  }

  /** Another file takes the place of this one: a copy, synced, then renamed. */
  async replaceWith(user: DiskUser, bytes: Buffer): Promise<void> {
    await pause(user, this.#random.exponential(2 * SYNC_MS));
    if (this.#random.chance(this.faults.sync_error)) {
      this.#seen('disk: EIO while syncing');
      throw new Error('EIO: i/o error, fsync');
    }
    this.put(bytes);
  }

  /** What no power cut can take. */
  get safeBytes(): Buffer {
    return this.#room.subarray(0, Math.min(this.#synced, this.#lost));
  }

  /** Puts other bytes in the place of the first ones, in one step, or not at all. They must be safe. */
  async replaceFront(user: DiskUser, change: (safe: Buffer) => { readonly count: number; readonly instead: Buffer }): Promise<void> {
    await pause(user, this.#random.exponential(2 * SYNC_MS));
    if (this.#random.chance(this.faults.sync_error)) {
      this.#seen('disk: EIO while syncing');
      throw new Error('EIO: i/o error, fsync');
    }
    const { count, instead } = change(this.safeBytes);
    const shift = instead.length - count;
    this.#room = Buffer.concat([instead, this.bytes.subarray(count)]);
    this.#length += shift;
    this.#synced += shift;
    this.#lost += shift;
  }

  /** Sets the content, safely and at once. */
  put(bytes: Buffer): void {
    this.#room = bytes;
    this.#length = bytes.length;
    this.#synced = bytes.length;
    this.#lost = Infinity;
  }

  #append(bytes: Buffer): void {
    const length = this.#length + bytes.length;
    if (length > this.#room.length) this.#room = Buffer.concat([this.bytes], 2 * length);
    bytes.copy(this.#room, this.#length);
    this.#length = length;
    const onDirty = this.#onDirty;
    this.#onDirty = null;
    onDirty?.();
  }
}

function pause(user: DiskUser, ms: number): Promise<void> {
  return new Promise((resolve) => void user.after(ms, resolve));
}
