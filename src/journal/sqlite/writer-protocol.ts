/** Owns what the journal and its writer thread say to each other. A chunk goes as it is; everything else is an ask with its answer. */
import type { ErrorCode } from '../../contract/error-catalogue.ts';
import type { ErrorParams } from '../../contract/failure.ts';
import type { Chunk, Head, JournalDamage } from '../journal.ts';
import type { Page } from './page-reader.ts';

/** What the thread is started with. */
export interface WriterStart {
  readonly file: string;
  /** The id of the journal should the file be empty. */
  readonly id_if_new: string;
}

/** A question; its answer repeats `call`. */
export type WriterAsk = { readonly call: number } & (
  | { readonly ask: 'page'; readonly reader: number; readonly from: number; readonly until: number }
  | { readonly ask: 'stop'; readonly reader: number }
  | { readonly ask: 'inspect' }
  | { readonly ask: 'close' }
);

/** To the thread. */
export type ToWriter = Chunk | WriterAsk;

/** What an ask is answered with. */
export type WriterAnswer = Page | JournalDamage | null;

/** A Failure as it arrives from another thread: without its class. */
export interface SentFailure {
  readonly code: ErrorCode;
  readonly params: ErrorParams;
}

/** From the thread. */
export type FromWriter =
  | { readonly opened: { readonly journal_id: string; readonly head: Head } }
  | { readonly refused: SentFailure }
  /** Everything up to this head is durable. */
  | { readonly durable: Head }
  /** The write failed: nothing after the last durable head counts, and no later write is tried. */
  | { readonly failed: SentFailure }
  | { readonly call: number; readonly answer: WriterAnswer }
  | { readonly call: number; readonly refusal: SentFailure };
