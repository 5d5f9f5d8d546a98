/**
 * Who answers about earlier moments under simulation: the real desk, on the log as its server has it open just then.
 */
import { Failure } from '../../src/contract/failure.ts';
import type { Moments } from '../../src/engine/moments.ts';
import type { Journal, JournalReader } from '../../src/journal/journal.ts';
import { MomentDesk } from '../../src/travel/moment-desk.ts';
import type { SimProcess } from './sim-process.ts';

const TURN_MS = 1;

/** The moments of one server process. `journal`: the newest handle; null before there is one. */
export function simMoments(process: SimProcess, journal: () => Journal | null): Moments {
  const now = (): Journal => {
    const log = journal();
    if (log === null) throw new Failure('journal_failed', { reason: 'the log is not open yet' });
    return log;
  };
  const log: JournalReader = {
    get id() {
      return now().id;
    },
    get head() {
      return now().head;
    },
    get archived() {
      return now().archived ?? 0;
    },
    read: (fromSeq) => now().read(fromSeq),
    chunkAt: (seq) => now().chunkAt(seq),
    hashAfter: (seq) => now().hashAfter(seq),
    retired: (ids) => now().retired(ids),
    close: () => Promise.resolve(),
  };
  const turn = (): Promise<void> => new Promise((resolve) => void process.after(TURN_MS, resolve));
  const desk = new MomentDesk({ swarm: 'default', log, shelf: null, index: null, turn });
  return { ask: (question, signal) => desk.answer(question, signal), close: () => Promise.resolve() };
}
