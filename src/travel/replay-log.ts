/**
 * Replays a log from its first event, without any checkpoint: what led to a moment, told from the events alone.
 */
import { createHash } from 'node:crypto';
import type { LogEvent } from '../contract/event.ts';
import { FIRST_SETTINGS } from '../contract/settings.ts';
import { evolve } from '../domain/evolve.ts';
import { createState, type SwarmState } from '../domain/state.ts';
import { imageOf } from '../engine/checkpoint/state-image.ts';
import { decodeChunk } from '../engine/event-codec.ts';
import type { JournalReader } from '../journal/journal.ts';

/** What is replayed. */
export interface ReplayRange {
  readonly swarm: string;
  /** The last event. */
  readonly until: number;
  /** Counted and kept are events after this one. */
  readonly from: number;
  /** The last events that are kept. */
  readonly keep: number;
  /** Called after each chunk; may throw to end it. */
  readonly pass: () => Promise<void> | void;
}

/** What a replay found. */
export interface Replayed {
  readonly state: SwarmState;
  readonly types: ReadonlyMap<string, number>;
  readonly last: readonly LogEvent[];
}

/** Folds every event. Throws Failure `journal_damaged`, or what the fold throws. */
export async function replayLog(log: JournalReader, { swarm, until, from, keep, pass }: ReplayRange): Promise<Replayed> {
  const state = createState(swarm, FIRST_SETTINGS);
  const types = new Map<string, number>();
  let last: LogEvent[] = [];
  if (until === 0) return { state, types, last };
  for await (const chunk of log.read(1)) {
    for (const event of decodeChunk(chunk)) {
      if (event.seq > until) break;
      evolve(state, event);
      if (event.seq <= from) continue;
      types.set(event.type, (types.get(event.type) ?? 0) + 1);
      if (event.seq > until - keep) last.push(event);
    }
    if (state.seq >= until) break;
    await pass();
  }
  if (last.length > keep) last = last.slice(-keep);
  return { state, types, last };
}

/** SHA-256 over all that a state holds: equal states have equal ones. */
export function fingerprintOf(state: SwarmState): string {
  const digest = createHash('sha256');
  for (const text of imageOf(state).texts) digest.update(text);
  return digest.digest('hex');
}
