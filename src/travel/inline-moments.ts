/**
 * Answers about earlier moments on this thread, a little at a time: for a log that is only in memory.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Moments } from '../engine/moments.ts';
import type { JournalReader } from '../journal/journal.ts';
import { MomentDesk } from './moment-desk.ts';

/** The moments of this log. */
export function inlineMoments(swarm: string, log: JournalReader): Moments {
  const desk = new MomentDesk({ swarm, log, shelf: null, index: null, turn: () => nextTurn() });
  return { ask: (question, signal) => desk.answer(question, signal), close: () => log.close() };
}
