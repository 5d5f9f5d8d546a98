/**
 * The journal port: an append-only log of chunks, the only thing of a swarm that must survive.
 * A chunk is a run of consecutive events, already serialised; the journal never looks inside.
 *
 * Promises every implementation keeps (test/journal holds the contract suite):
 * - `append` resolves only when the chunk is durable; chunks become durable in the order of the calls.
 * - After one append failed, every later append of this handle rejects: the owner re-opens and re-reads. Where the failure is
 *   `journal_taken` (another writer has the log for good) or `journal_removed` (its files are not there any more), it never does.
 * - A chunk is whole or absent after any crash; sequence numbers have no hole and start at 1.
 * - Every chunk is bound to all before it by a hash chain:
 *   hash = SHA-256(previous hash ‖ first_seq ‖ last_seq ‖ time ‖ text ‖ retired), so a changed byte anywhere is located.
 */

/** A task that leaves memory: what is still asked of it later, and where its last event is. */
export interface RetiredTask {
  readonly id: string;
  /** completed, failed or cancelled. */
  readonly status: string;
  /** Hash of the content it was added with: tells a repeated add from a conflicting one. */
  readonly content_hash: string;
  /** Its newest event; each event of a task names the one before it. */
  readonly last_seq: number;
}

/** What is appended at once: events first_seq..last_seq as one JSON array text, one record per line. */
export interface Chunk {
  readonly first_seq: number;
  readonly last_seq: number;
  /** Time of the last event, in ms since 1970. */
  readonly time: number;
  readonly text: string;
  readonly retired: readonly RetiredTask[];
}

/** A chunk as it is read back. */
export interface StoredChunk {
  readonly first_seq: number;
  readonly last_seq: number;
  readonly time: number;
  readonly text: string;
}

/** The end of the log: its last sequence number (0 when empty) and the hash that binds everything before it. */
export interface Head {
  readonly seq: number;
  readonly hash: string;
}

/** What a full check of the log found. */
export interface Verification {
  readonly head: Head;
  readonly chunks: number;
  /** The first damaged place, or null when the whole chain holds. */
  readonly damage: JournalDamage | null;
}

/** Where the log is damaged, and what can be saved. */
export interface JournalDamage {
  readonly first_seq: number;
  readonly last_seq: number;
  readonly reason: string;
  /** Events before the damage, all intact. */
  readonly good_events: number;
  /** Events in chunks after the damage whose own text still parses. */
  readonly readable_after: number;
}

/** Events of one log, from one to another. */
export interface EventRange {
  readonly first_seq: number;
  readonly last_seq: number;
}

/** A file of an archive. */
export interface ArchivedFile extends EventRange {
  /** Its name in the folder of the archive. */
  readonly name: string;
  readonly size: number;
  /** Hashes of the chain before it and after it; empty when it cannot be read. */
  readonly previous_hash: string;
  readonly hash: string;
  /** Why it cannot be read, or null. */
  readonly fault: string | null;
}

/** Where events are that left the live log. */
export interface EventArchive {
  readonly folder: string;
  /** The files of this log, in order, the unreadable ones too. */
  files(): readonly ArchivedFile[];
  /** The first events up to `until` that no file is named after, or null: all are there, whole or not. */
  absent(until: number): EventRange | null;
  /** The chunks that hold events `from`..`until`, verified, in order. Throws Failure. */
  read(from: number, until: number): Iterable<StoredChunk>;
  /** The chunk that holds an event. Throws Failure. */
  linkAt(seq: number): StoredChunk;
}

/** A log that is read, also while another handle appends to it. */
export interface JournalReader {
  /** Identity of this log; a cursor of another log is not valid here. */
  readonly id: string;
  /** Its end as it is now. */
  readonly head: Head;
  /** Events up to this one are in an archive and slower to read; left out: none. */
  readonly archived?: number;
  /** That archive, also an empty one; left out: this log has none. */
  readonly archive?: EventArchive;
  /** Chunks that hold events from `fromSeq` to the head as it is now, in order, verified against the chain. Throws `journal_damaged`. */
  read(fromSeq: number): AsyncIterable<StoredChunk>;
  /** The chunk that holds the event `seq`, or null. */
  chunkAt(seq: number): Promise<StoredChunk | null>;
  /** The hash of the chain after the event `seq`, or null when no chunk ends there. */
  hashAfter(seq: number): Promise<string | null>;
  /** The retired ones among these tasks. */
  retired(ids: readonly string[]): Promise<Map<string, RetiredTask>>;
  close(): Promise<void>;
}

/** An open log of one swarm. Exactly one handle may append. */
export interface Journal extends JournalReader {
  /** Set when the log may be read but not written (it is behind its witness). */
  readonly readOnly: { readonly reason: string; readonly witness_seq: number } | null;
  /**
   * Set when the log was made of a copy of itself: which making that was. What it had after that copy is gone, and others
   * have its numbers, so a place in it from before is none of it.
   */
  readonly restored?: string | null;
  /** Appends one chunk; resolves when it is durable. Throws Failure `journal_failed` or `read_only`. */
  append(chunk: Chunk): Promise<void>;
  /** Recomputes the whole chain. Never throws on damage: it reports it. */
  verify(): Promise<Verification>;
  /** Waits for what was appended, then closes. */
  close(): Promise<void>;
}
