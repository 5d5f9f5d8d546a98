/**
 * What somebody has to deal with: decisions, signals, requests for colleagues. A record is open until it is closed, once.
 * Bounds: the newest 2,000 closed records, 32 MiB of them, stay in memory; the log keeps all. Open ones are bounded by the
 * rules that add them. Invariant: `open` holds exactly the records whose closed_at is 0; a number is never given twice.
 */

/** Records that one asker may have open. */
export const OPEN_PER_ASKER = 100;
/** Records that may be open in all. */
const OPEN_IN_ALL = 2000;
/** Largest free-form part of a record, in bytes of JSON. */
export const DETAIL_BYTES = 65_536;

const CLOSED_KEPT = 2000;
const CLOSED_BYTES = 32 * 1_048_576;

/** One record. Times are ms since 1970. */
export interface Recorded {
  readonly id: string;
  /** 1, 2, 3 … in the order they were opened. */
  readonly number: number;
  readonly bytes: number;
  readonly opened_at: number;
  readonly opened_by: string;
  /** 0 while it is open. */
  closed_at: number;
}

/** The records of one kind. */
export interface Ledger<T extends Recorded> {
  /** In the order they were opened. */
  readonly records: Map<string, T>;
  readonly open: Map<string, T>;
  /** Those that were closed first, first. */
  readonly closed: Map<string, T>;
  closed_bytes: number;
  /** The last number given. */
  numbered: number;
}

/** No records. */
export function createLedger<T extends Recorded>(): Ledger<T> {
  return { records: new Map(), open: new Map(), closed: new Map(), closed_bytes: 0, numbered: 0 };
}

/** The id of the next record, or of the one that comes `further` after it: `{prefix}-{nnn}`. */
export function nextId<T extends Recorded>(ledger: Ledger<T>, prefix: string, further = 0): string {
  return `${prefix}-${String(ledger.numbered + 1 + further).padStart(3, '0')}`;
}

/** Opens a record. */
export function openRecord<T extends Recorded>(ledger: Ledger<T>, record: T): void {
  ledger.numbered += 1;
  ledger.records.set(record.id, record);
  ledger.open.set(record.id, record);
}

/** Closes a record. Returns the ones that leave memory for it. */
export function closeRecord<T extends Recorded>(ledger: Ledger<T>, record: T, time: number): readonly T[] {
  record.closed_at = time;
  ledger.open.delete(record.id);
  ledger.closed.set(record.id, record);
  ledger.closed_bytes += record.bytes;
  const gone: T[] = [];
  for (const [id, oldest] of ledger.closed) {
    if (ledger.closed.size <= CLOSED_KEPT && ledger.closed_bytes <= CLOSED_BYTES) break;
    ledger.closed.delete(id);
    ledger.records.delete(id);
    ledger.closed_bytes -= oldest.bytes;
    gone.push(oldest);
  }
  return gone;
}

/** The records that were opened after the one with this number, in their order. */
export function* recordsAfter<T extends Recorded>(ledger: Ledger<T>, number: number): Generator<readonly [number, T]> {
  for (const record of ledger.records.values()) if (record.number > number) yield [record.number, record];
}

/** The records that were opened before the one with this number, the newest first; 0 stands for all of them. */
export function* recordsBefore<T extends Recorded>(ledger: Ledger<T>, number: number): Generator<readonly [number, T]> {
  for (const record of Array.from(ledger.records.values()).toReversed()) {
    if (number === 0 || record.number < number) yield [record.number, record];
  }
}

/** Who has too many open records once there are so many `more`, or null: this asker, or all together. */
export function whoIsFull<T extends Recorded>(
  ledger: Ledger<T>,
  asker: string,
  more = 0,
): { readonly who: string; readonly limit: number } | null {
  if (ledger.open.size + more >= OPEN_IN_ALL) return { who: 'The swarm', limit: OPEN_IN_ALL };
  let own = more;
  for (const { opened_by } of ledger.open.values()) if (opened_by === asker) own += 1;
  return own >= OPEN_PER_ASKER ? { who: asker, limit: OPEN_PER_ASKER } : null;
}
