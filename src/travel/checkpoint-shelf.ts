/**
 * Owns the checkpoints of one log: which there are, which are kept, which may be used.
 * The two newest serve recovery, the first of every 100,000 events serves time travel.
 * Invariant: one is used only when it was made by these rules, of this log, up to an event that the log has.
 */
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fromImage, imageOf } from '../engine/checkpoint/state-image.ts';
import type { Recovered } from '../engine/recovered.ts';
import type { JournalReader } from '../journal/journal.ts';
import { CHECKPOINT_FORMAT, type CheckpointHeader, readHeader, readTexts, writeCheckpoint } from './checkpoint-file.ts';
import { codeFingerprint } from './code-fingerprint.ts';

/** The log that checkpoints are of. */
type CheckpointedLog = Pick<JournalReader, 'id' | 'hashAfter' | 'archived'>;

/** Events between two checkpoints that serve time travel. */
export const TRAVEL_EVENTS = 100_000;
const NEWEST_KEPT = 2;
const NAME = /^(\d{15})\.checkpoint$/;
const PARTIAL_MS = 600_000;

/** The checkpoints of one log. */
export class CheckpointShelf {
  readonly #folder: string;
  readonly #code: () => string;

  /** `folder` is that of the journal; `code` tells the rules that run now. */
  constructor(folder: string, code: () => string = codeFingerprint) {
    this.#folder = join(folder, 'checkpoints');
    this.#code = code;
  }

  /** The last events of the checkpoints, in order. */
  places(): number[] {
    if (!existsSync(this.#folder)) return [];
    return readdirSync(this.#folder)
      .flatMap((name) => NAME.exec(name)?.[1] ?? [])
      .map(Number)
      .toSorted((a, b) => a - b);
  }

  /** The last event of the newest checkpoint that these rules made; 0: there is none. */
  newestPlace(): number {
    return this.places().findLast((seq) => this.#headerOf(seq) !== null) ?? 0;
  }

  /** What this checkpoint is of, when it may be used for this log; else null. */
  async header(seq: number, log: CheckpointedLog): Promise<CheckpointHeader | null> {
    const header = this.#ours(seq, log);
    return header !== null && (await log.hashAfter(seq)) === header.hash ? header : null;
  }

  #ours(seq: number, { id }: CheckpointedLog): CheckpointHeader | null {
    const header = this.#headerOf(seq);
    return header?.journal === id ? header : null;
  }

  /** The header of a checkpoint that these rules made, else null. */
  #headerOf(seq: number): CheckpointHeader | null {
    try {
      const header = readHeader(this.#path(seq));
      return header.format === CHECKPOINT_FORMAT && header.code === this.#code() && header.seq === seq ? header : null;
    } catch {
      return null;
    }
  }

  /** What a checkpoint holds, or null when it may not or cannot be used: then an older one serves. */
  async read(seq: number, log: CheckpointedLog): Promise<Recovered | null> {
    if ((await this.header(seq, log)) === null) return null;
    try {
      const recovered = fromImage(readTexts(this.#path(seq))) as Recovered;
      return recovered.state.seq === seq ? recovered : null;
    } catch {
      return null;
    }
  }

  /** The newest usable checkpoint up to an event, or null. */
  async newestUpTo(seq: number, log: CheckpointedLog): Promise<Recovered | null> {
    for (const place of this.places().toReversed()) {
      const found = place > seq ? null : await this.read(place, log);
      if (found !== null) return found;
    }
    return null;
  }

  /** Keeps a state that is at the end of a chunk. Throws when the disk does not take it. */
  async write(recovered: Recovered, log: CheckpointedLog): Promise<void> {
    const { seq } = recovered.state;
    const hash = await log.hashAfter(seq);
    if (hash === null) return;
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const { objects, texts } = imageOf({ state: recovered.state, commands: recovered.commands });
    const header = { format: CHECKPOINT_FORMAT, code: this.#code(), journal: log.id, seq, hash, objects };
    writeCheckpoint(this.#path(seq), header, texts);
  }

  /** True when time travel has no usable checkpoint in the part of the log that this event is in. */
  async lacks(seq: number, log: CheckpointedLog): Promise<boolean> {
    for (const place of this.places()) if (partOf(place) === partOf(seq) && (await this.header(place, log)) !== null) return false;
    return true;
  }

  /** Removes what nobody needs: older ones, unusable ones, what a crash left behind. */
  async prune(log: CheckpointedLog): Promise<void> {
    const usablePlaces: number[] = [];
    for (const place of this.places()) {
      // An archive that is away just now says nothing against a checkpoint of its time.
      const usable = place < (log.archived ?? 0) ? this.#ours(place, log) : await this.header(place, log);
      if (usable === null) rmSync(this.#path(place), { force: true });
      else usablePlaces.push(place);
    }
    const kept = new Set(usablePlaces.slice(-NEWEST_KEPT));
    const parts = new Set<number>();
    for (const place of usablePlaces) {
      const travels = !parts.has(partOf(place));
      parts.add(partOf(place));
      if (!travels && !kept.has(place)) rmSync(this.#path(place), { force: true });
    }
    for (const name of readdirSync(this.#folder)) {
      const path = join(this.#folder, name);
      if (name.includes('.partial-') && Date.now() - statSync(path).mtimeMs > PARTIAL_MS) rmSync(path, { force: true });
    }
  }

  #path(seq: number): string {
    return join(this.#folder, `${String(seq).padStart(15, '0')}.checkpoint`);
  }
}

/** The part of the log that an event is in; parts serve time travel one checkpoint each. */
export function partOf(seq: number): number {
  return Math.floor(seq / TRAVEL_EVENTS);
}
