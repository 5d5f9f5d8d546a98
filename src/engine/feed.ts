/**
 * The durable events, for whoever follows them. A follower pulls at its own pace: the newest events come from memory,
 * older ones from the journal, so a slow follower costs nothing and nobody sees a gap or a reordering.
 * Bound: about 16 MB of log text stays in memory; as objects only the newest events, for whoever keeps up.
 */
import type { LogEvent } from '../contract/event.ts';
import type { Chunk, Journal } from '../journal/journal.ts';
import { decodeChunk } from './event-codec.ts';

const BYTES_KEPT = 16 * 1_048_576;
const CHUNKS_DECODED = 8;

interface RecentChunk {
  readonly first_seq: number;
  readonly text: string;
  /** null once it is no longer among the newest: then it is decoded for whoever still asks. */
  events: readonly LogEvent[] | null;
}

/** The durable events of one log. */
export class Feed {
  readonly #journal: () => Journal;
  readonly #recent: RecentChunk[] = [];
  readonly #listeners = new Set<(events: readonly LogEvent[]) => void>();
  #bytes = 0;
  #head: number;

  constructor(journal: () => Journal, head: number) {
    this.#journal = journal;
    this.#head = head;
  }

  /** Sequence number of the last durable event. */
  get head(): number {
    return this.#head;
  }

  /** Events up to this one are in the archive; 0: none. */
  get archived(): number {
    return this.#journal().archived ?? 0;
  }

  /** The first archived events whose files are away, and where they belong; null when all are there. */
  archiveMissing(): { readonly first_seq: number; readonly last_seq: number; readonly folder: string } | null {
    const { archive, archived = 0 } = this.#journal();
    const absent = archived === 0 || archive === undefined ? null : archive.absent(archived);
    return absent === null || archive === undefined ? null : { ...absent, folder: archive.folder };
  }

  /** Calls the listener with each chunk of events once it is durable. Returns how to stop. */
  listen(listener: (events: readonly LogEvent[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Events after `since`, oldest first, at most about `limit`; empty at the head. */
  async after(since: number, limit: number): Promise<readonly LogEvent[]> {
    if (since >= this.#head) return [];
    const oldest = this.#recent[0];
    if (oldest !== undefined && since + 1 >= oldest.first_seq) return this.#fromMemory(since, limit);
    const chunk = await this.#journal().chunkAt(since + 1);
    if (chunk === null) return [];
    return decodeChunk(chunk)
      .filter((event) => event.seq > since && event.seq <= this.#head)
      .slice(0, limit);
  }

  /** One durable event, or null. */
  async at(seq: number): Promise<LogEvent | null> {
    if (seq < 1) return null;
    const [event] = await this.after(seq - 1, 1);
    return event ?? null;
  }

  /** Publishes a chunk that has become durable. */
  publish(chunk: { readonly first_seq: number; readonly last_seq: number; readonly text: string }, events: readonly LogEvent[]): void {
    const { first_seq, last_seq, text } = chunk;
    this.#head = last_seq;
    this.#recent.push({ first_seq, text, events });
    this.#bytes += text.length;
    while (this.#bytes > BYTES_KEPT && this.#recent.length > 1) this.#bytes -= this.#recent.shift()?.text.length ?? 0;
    const aged = this.#recent[this.#recent.length - 1 - CHUNKS_DECODED];
    if (aged !== undefined) aged.events = null;
    for (const listener of this.#listeners) listener(events);
  }

  /** Begins again after the log was re-read: what was never durable was never published. `first`: what was appended since. */
  restart(head: number, first: { readonly chunk: Chunk; readonly events: readonly LogEvent[] } | null): void {
    this.#head = head;
    this.#recent.length = 0;
    this.#bytes = 0;
    if (first !== null) this.publish(first.chunk, first.events);
  }

  #fromMemory(since: number, limit: number): readonly LogEvent[] {
    let low = 0;
    let high = this.#recent.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#recent[middle] as RecentChunk).first_seq <= since + 1) low = middle;
      else high = middle - 1;
    }
    const found: LogEvent[] = [];
    for (let index = low; index < this.#recent.length && found.length < limit; index += 1) {
      const chunk = this.#recent[index] as RecentChunk;
      for (const event of chunk.events ?? decodeChunk(chunk)) {
        if (event.seq > since && found.length < limit) found.push(event);
      }
    }
    return found;
  }
}
