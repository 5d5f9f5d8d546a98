/**
 * What reads are answered from while a log cannot be written: the state that its durable events fold into.
 * Invariant: what is kept holds no event that was not known to be durable, and only whole events.
 */
import { EVENTS, type Fact, type LogEvent } from '../contract/event.ts';
import { evolve } from '../domain/evolve.ts';
import { seal } from '../domain/seal.ts';
import type { SwarmState } from '../domain/state.ts';
import type { Chunk, Journal } from '../journal/journal.ts';
import { TUTTI } from './command.ts';
import type { EngineOptions } from './engine-options.ts';
import { PendingChunk } from './pending-chunk.ts';
import { durableState, openAndRecover, recoverState } from './recover-state.ts';
import type { Recovered } from './recovered.ts';

/** What it tells the writer, and asks it. */
export interface DurableTarget {
  /** From now on this is the state. */
  readonly adopt: (recovered: Recovered) => void;
  /** ms since 1970. */
  readonly now: () => number;
}

/** A log that can be written again. */
export interface WrittenAgain {
  readonly journal: Journal;
  readonly recovered: Recovered;
  /** What was appended to show it; null when nobody needs to be told that a writer took over. */
  readonly first: { readonly chunk: Chunk; readonly events: readonly LogEvent[] } | null;
}

interface Known {
  readonly recovered: Recovered;
  /** The log, and the hash of its chain after the state's last event. */
  readonly journal: string;
  readonly hash: string | null;
}

/** The durable state of a log that just now cannot be written. */
export class LastDurable {
  readonly #options: EngineOptions;
  readonly #target: DurableTarget;
  #known: Known | null = null;
  /** Another writer may have gone on since. */
  #inDoubt = false;

  constructor(options: EngineOptions, target: DurableTarget) {
    this.#options = options;
    this.#target = target;
  }

  /** True while the writer has the durable state, and nobody else may have gone on from there. */
  get isKnown(): boolean {
    return this.#known !== null && !this.#inDoubt;
  }

  /** What is known may not be the newest any more, until the log is read again. */
  doubtIf(inOtherHands: boolean): void {
    this.#inDoubt ||= inOtherHands;
  }

  /** The state in memory may be ahead of the log from now on. */
  forget(): void {
    this.#known = null;
  }

  /** Finds it through the handle whose append failed, if that can still read. `head`: the last event that is known to be durable. */
  async find(journal: Journal, head: number): Promise<void> {
    if (this.#known !== null) return;
    const recovered = await durableState(this.#options, journal, head).catch(() => null);
    if (recovered !== null) await this.#keep(recovered, journal);
  }

  /** Opens the log again, reads what is not known yet, and shows that it can be written. Throws Failure. */
  async reopen(): Promise<WrittenAgain> {
    const opened = await openAndRecover(this.#options, (journal) => this.#goOn(journal));
    const { journal, recovered } = opened;
    try {
      await this.#keep(recovered, journal);
      const [fact] = journal.readOnly === null ? takeoverOf(recovered.state, this.#options) : [];
      return { ...opened, first: fact === undefined ? null : await appendAlone(journal, recovered.state, fact, this.#target.now()) };
    } catch (error) {
      await journal.close();
      throw error;
    }
  }

  /** What is known, and what the log holds after it; null when nothing is known of this log. */
  async #goOn(journal: Journal): Promise<Recovered | null> {
    const known = this.#known;
    if (known === null || known.journal !== journal.id || known.hash === null) return null;
    if ((await journal.hashAfter(known.recovered.state.seq)) !== known.hash) return null;
    try {
      return await recoverState(this.#options.name, journal, known.recovered);
    } catch (error) {
      this.#known = null;
      throw error;
    }
  }

  async #keep(recovered: Recovered, journal: Journal): Promise<void> {
    const hash = await journal.hashAfter(recovered.state.seq);
    this.#target.adopt(recovered);
    this.#known = { recovered, journal: journal.id, hash };
    this.#inDoubt = false;
  }
}

/** That a writer took over; nothing when no session lives, whose silence would count from then. */
export function takeoverOf({ session_counts }: SwarmState, { random }: EngineOptions): readonly Fact[] {
  return session_counts.idle + session_counts.busy > 0 ? [{ type: 'swarm_recovered', data: { writer: random.id() } }] : [];
}

/** Appends one event before it is folded in: when that fails, the state is as it was. */
async function appendAlone(journal: Journal, state: SwarmState, fact: Fact, time: number): Promise<WrittenAgain['first']> {
  const event = seal(state, fact, EVENTS[fact.type].version, { time, actor: TUTTI.actor, command_id: null });
  const pending = new PendingChunk();
  pending.add(event);
  const chunk = pending.seal();
  await journal.append(chunk);
  evolve(state, event);
  return { chunk, events: pending.events };
}
