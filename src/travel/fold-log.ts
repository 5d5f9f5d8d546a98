/**
 * Folds a log forward from a state, and leaves checkpoints for time travel on the way.
 */
import { foldChunk, nothingYet } from '../engine/recover-state.ts';
import type { Recovered } from '../engine/recovered.ts';
import type { JournalReader } from '../journal/journal.ts';
import { type CheckpointShelf, partOf } from './checkpoint-shelf.ts';

/** How a log is folded. */
export interface FoldOptions {
  /** The last event that is wanted. */
  readonly until: number;
  /** Where checkpoints are left; null: nowhere. */
  readonly shelf: CheckpointShelf | null;
  /** Called after each chunk; may throw to end it, then the state is that of the last chunk. */
  readonly pass?: () => Promise<void> | void;
}

/** A checkpoint on the way must not take longer than this, in ms: then the next one is not made. */
const PATIENCE_MS = 2000;

/** Brings a state forward, in place. Throws Failure `journal_damaged`, or what `pass` throws. */
export async function foldForward(log: JournalReader, recovered: Recovered, { until, shelf, pass }: FoldOptions): Promise<void> {
  let leaves = shelf !== null;
  for await (const chunk of log.read(recovered.state.seq + 1)) {
    const before = partOf(recovered.state.seq);
    foldChunk(chunk, recovered, until);
    const { seq } = recovered.state;
    if (leaves && shelf !== null && partOf(seq) > before && seq === chunk.last_seq && (await shelf.lacks(seq, log))) {
      const begun = performance.now();
      await shelf.write(recovered, log).catch(() => (leaves = false));
      leaves &&= performance.now() - begun < PATIENCE_MS;
    }
    if (seq >= until) return;
    await pass?.();
  }
}

/** Makes a checkpoint of the end of a log, unless there is one, and removes those that nobody needs. Throws when it cannot be kept. */
export async function bringCheckpoint(log: JournalReader, shelf: CheckpointShelf, swarm: string): Promise<void> {
  const { seq: until } = log.head;
  const recovered = (await shelf.newestUpTo(until, log)) ?? nothingYet(swarm);
  await foldForward(log, recovered, { until, shelf });
  if (!shelf.places().includes(recovered.state.seq)) await shelf.write(recovered, log);
  await shelf.prune(log);
}
