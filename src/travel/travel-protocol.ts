/** Owns what the main thread and a travelling thread say to each other. */
import type { ErrorCode } from '../contract/error-catalogue.ts';
import type { ErrorParams } from '../contract/failure.ts';
import type { MomentQuestion } from '../engine/moments.ts';

/** What a thread is started for. */
export interface TravelJob {
  readonly job: 'moments' | 'checkpoint';
  /** Folder of the journal. */
  readonly folder: string;
  readonly swarm: string;
  /** With a checkpoint: events that are older, in ms, go into the archive; left out or 0: none. */
  readonly archive_after_ms?: number;
}

/** To the thread. */
export type ToTraveller = { readonly id: number; readonly question: MomentQuestion } | { readonly id: number; readonly cancel: true };

/** A Failure as it crosses threads: without its class. */
export interface CarriedFailure {
  readonly code: ErrorCode;
  readonly params: ErrorParams;
}

/** From the thread. */
export type FromTraveller =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly failure: CarriedFailure }
  /** The checkpoint is made, or was not needed. */
  | { readonly made: true };
