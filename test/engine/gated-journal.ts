/**
 * A gate before a real journal: it holds appends back, or breaks one of them, as a slow or full disk does.
 * What passes the gate is stored by the journal behind it, by that journal's own rules.
 */
import { Failure } from '../../src/contract/failure.ts';
import type { Chunk, Journal } from '../../src/journal/journal.ts';

/** What a test does to the appends of all handles that are opened behind it. */
export class Gate {
  /** Chunks that arrived at the gate, in order. */
  readonly arrived: Chunk[] = [];
  /** What happens to the next append that passes: it is lost, or it is stored and its answer is lost, or the log is lost for good. */
  fault: 'lost' | 'stored' | 'taken' | 'removed' | null = null;
  #held = false;
  #waiting: (() => void)[] = [];

  /** Appends wait from now on. */
  hold(): void {
    this.#held = true;
  }

  /** Lets this many appends pass, or all of them and those to come. */
  release(count = Infinity): void {
    if (count === Infinity) this.#held = false;
    for (const pass of this.#waiting.splice(0, count)) pass();
  }

  /** Resolves when an append may pass. */
  async pass(): Promise<void> {
    if (this.#held) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** The journal behind this gate. */
  before(journal: Journal): Journal {
    let broken = false;
    const under = new Set<Promise<void>>();
    const append = async (chunk: Chunk): Promise<void> => {
      this.arrived.push(chunk);
      await this.pass();
      const { fault } = this;
      this.fault = null;
      if (broken || fault !== null) {
        broken = true;
        if (fault === 'stored') await journal.append(chunk);
        if (fault === 'taken') throw new Failure('journal_taken', { reason: 'it has the epoch 8' });
        if (fault === 'removed') throw new Failure('journal_removed', { file: 'journal.db' });
        throw new Failure('journal_failed', { reason: 'the disk is full' });
      }
      await journal.append(chunk);
    };
    return {
      get id() {
        return journal.id;
      },
      get head() {
        return journal.head;
      },
      get readOnly() {
        return journal.readOnly;
      },
      append: (chunk) => {
        const appended = append(chunk);
        under.add(appended);
        appended.then(
          () => under.delete(appended),
          () => under.delete(appended),
        );
        return appended;
      },
      read: (fromSeq) => journal.read(fromSeq),
      hashAfter: (seq) => journal.hashAfter(seq),
      chunkAt: (seq) => journal.chunkAt(seq),
      retired: (ids) => journal.retired(ids),
      verify: () => journal.verify(),
      close: async () => {
        await Promise.allSettled(under);
        await journal.close();
      },
    };
  }
}
