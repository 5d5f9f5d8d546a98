/**
 * One reader of the events of a swarm: a place in the log that moves forward as its peer takes what it is sent.
 * It pulls, so a slow reader holds a number, not a queue.
 * Invariant: what is sent are all matching events after the start, in order; where that is not possible a reset says so.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Failure } from '../../contract/failure.ts';
import { asFailure } from '../problem.ts';
import type { EventFrames } from './event-frames.ts';
import type { TopicFilter } from './topic-filter.ts';

/** Where a subscription sends to. */
export interface SubscriptionTarget {
  hasRoom(): boolean;
  sendFrame(frame: Buffer): void;
  /** Tells the peer its place when events passed that were not for it. */
  sendPlace(subscription: string, seq: number): void;
  /** The log cannot go on from here: starts anew at the place that this resolves with. */
  reset(subscription: string): Promise<number>;
  /** The log cannot be read at the moment. */
  failed(subscription: string, failure: Failure): void;
  /** Told after each time it has moved. */
  moved(): void;
}

/** What a subscription needs. */
export interface SubscriptionOptions {
  readonly id: string;
  readonly filter: TopicFilter;
  readonly frames: EventFrames;
  readonly target: SubscriptionTarget;
  /** Its events start after this one. */
  readonly since: number;
}

/** Events that may pass unmatched before the peer is told its place: bounds what a resume must look through. */
const TOLD_EVERY = 10_000;

/** One reader of the events of a swarm. */
export class Subscription {
  readonly id: string;
  readonly filter: TopicFilter;
  readonly #frames: EventFrames;
  readonly #target: SubscriptionTarget;
  #seq: number;
  #told: number;
  #moving = false;
  #again = false;
  #ended = false;
  #failing = false;

  constructor({ id, filter, frames, target, since }: SubscriptionOptions) {
    this.id = id;
    this.filter = filter;
    this.#frames = frames;
    this.#target = target;
    this.#seq = since;
    this.#told = since;
  }

  /** Everything up to here was sent or did not match. */
  get seq(): number {
    return this.filter.wantsEvents ? this.#seq : Infinity;
  }

  /** Sends what there is and what the peer has room for. */
  advance(): void {
    if (!this.filter.wantsEvents || this.#ended) return;
    this.#again = true;
    if (this.#moving) return;
    this.#moving = true;
    void this.#move();
  }

  /** Sends no more. */
  end(): void {
    this.#ended = true;
  }

  async #move(): Promise<void> {
    try {
      for (let parts = 0; this.#target.hasRoom(); parts += 1) {
        if (parts > 0) await nextTurn();
        this.#again = false;
        const part = await this.#frames.after(this.#seq, this.filter, this.id);
        if (this.#ended) return;
        this.#failing = false;
        if (part === null && !this.#again) break;
        if (part === null) continue;
        if (part.gap) this.#told = this.#seq = await this.#target.reset(this.id);
        else this.#take(part.seq, part.frame);
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#moving = false;
    }
    if (!this.#ended) this.#target.moved();
  }

  #take(seq: number, frame: Buffer | null): void {
    this.#seq = seq;
    if (frame !== null) this.#target.sendFrame(frame);
    else if (seq - this.#told >= TOLD_EVERY) this.#target.sendPlace(this.id, seq);
    else return;
    this.#told = seq;
  }

  /** Said once; the next event or status tries again. */
  #fail(error: unknown): void {
    if (this.#ended || this.#failing) return;
    this.#failing = true;
    this.#target.failed(this.id, asFailure(error));
  }
}
