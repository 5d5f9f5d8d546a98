/**
 * The subscriptions of one connection. Owns the order of its frames: a status is sent after the events that it counts,
 * and only the newest one waits. Invariant: a subscription is answered by `subscribed` or `reset` before its first event.
 */
import { Failure } from '../../contract/failure.ts';
import type { ClientFrame, FeedCursor, ServerFrame } from '../../contract/websocket.ts';
import { asFailure, problemOf } from '../problem.ts';
import type { Outbox } from './outbox.ts';
import { Subscription, type SubscriptionTarget } from './subscription.ts';
import type { HubMember, SharedStatus, SwarmHub } from './swarm-hub.ts';
import { type TopicFilter, topicFilter } from './topic-filter.ts';

type ResetReason = Extract<ServerFrame, { type: 'reset' }>['reason'];

/** What the feed of a connection needs. */
export interface ConnectionFeedOptions {
  readonly hub: SwarmHub;
  readonly outbox: Outbox;
  readonly send: (frame: ServerFrame) => void;
  /** The most subscriptions. */
  readonly bound: number;
}

/** The subscriptions of one connection. */
export class ConnectionFeed implements HubMember, SubscriptionTarget {
  readonly #options: ConnectionFeedOptions;
  readonly #subscriptions = new Map<string, Subscription>();
  /** Subscriptions that wait for a status to begin; the newest of a name wins. */
  readonly #beginning = new Map<string, ClientFrame<'subscribe'>>();
  readonly #leave: () => void;
  #status: SharedStatus | null = null;
  #ended = false;

  constructor(options: ConnectionFeedOptions) {
    this.#options = options;
    this.#leave = options.hub.join(this);
  }

  get wantsStatus(): boolean {
    for (const { filter } of this.#subscriptions.values()) if (filter.wantsStatus) return true;
    return false;
  }

  /** The place up to which every subscription was sent all that is for it; null without subscriptions. */
  get sentUpTo(): number | null {
    const places = Array.from(this.#subscriptions.values(), ({ seq }) => seq).filter((seq) => Number.isFinite(seq));
    return places.length === 0 ? null : Math.min(...places);
  }

  /** Begins a subscription, or begins it anew. Failures are told to the peer. */
  subscribe(frame: ClientFrame<'subscribe'>): void {
    this.#drop(frame.id);
    if (this.#subscriptions.size + this.#beginning.size >= this.#options.bound) {
      const reason = `a connection has at most ${this.#options.bound} subscriptions`;
      this.failed(frame.id, new Failure('too_many_requests', { reason, retry_after: 1 }));
      return;
    }
    this.#beginning.set(frame.id, frame);
    this.#begin(frame).catch((error: unknown) => {
      if (this.#beginning.get(frame.id) === frame) this.#beginning.delete(frame.id);
      this.failed(frame.id, asFailure(error));
    });
  }

  /** Ends a subscription; one that is not there has ended. */
  unsubscribe(id: string): void {
    this.#drop(id);
    this.#options.send({ type: 'unsubscribed', subscription: id });
  }

  advance(): void {
    for (const subscription of this.#subscriptions.values()) subscription.advance();
  }

  offerStatus(status: SharedStatus): void {
    this.#status = status;
    this.moved();
  }

  moved(): void {
    const status = this.#status;
    if (status === null || this.#ended) return;
    for (const { seq } of this.#subscriptions.values()) if (seq < status.view.seq) return;
    if (!this.hasRoom()) return;
    this.#status = null;
    if (this.wantsStatus) this.sendFrame(status.frame);
  }

  hasRoom(): boolean {
    return this.#options.outbox.hasRoom();
  }

  sendFrame(frame: Buffer): void {
    this.#options.outbox.sendFrame(frame);
  }

  sendPlace(subscription: string, seq: number): void {
    this.#options.send({ type: 'events', subscription, seq, events: [] });
  }

  async reset(subscription: string): Promise<number> {
    const status = await this.#options.hub.status();
    if (this.#subscriptions.has(subscription)) this.#sendReset(subscription, 'too_old', status);
    return status.view.seq;
  }

  failed(subscription: string, failure: Failure): void {
    if (!this.#ended) this.#options.send({ type: 'error', id: subscription, error: problemOf(failure) });
  }

  /** The connection is gone. */
  end(): void {
    this.#ended = true;
    this.#leave();
    for (const id of [...this.#subscriptions.keys(), ...this.#beginning.keys()]) this.#drop(id);
  }

  async #begin(frame: ClientFrame<'subscribe'>): Promise<void> {
    const { hub } = this.#options;
    const filter = topicFilter(frame.topics);
    const reason = this.#whyNotFrom(frame.since);
    const status = filter.wantsStatus || reason !== null ? await hub.status() : null;
    if (this.#ended || this.#beginning.get(frame.id) !== frame) return;
    this.#beginning.delete(frame.id);
    const now = status?.view.seq ?? hub.engine.feed.head;
    const since = reason !== null || frame.since === undefined ? now : placeOf(frame.since);
    const subscription = this.#add(frame.id, filter, since);
    if (reason !== null && status !== null) this.#sendReset(frame.id, reason, status);
    else {
      if (status !== null) this.offerStatus(status);
      this.#options.send({ type: 'subscribed', subscription: frame.id, cursor: this.#cursor(since) });
    }
    subscription.advance();
  }

  #add(id: string, filter: TopicFilter, since: number): Subscription {
    const subscription = new Subscription({ id, filter, since, frames: this.#options.hub.frames, target: this });
    this.#subscriptions.set(id, subscription);
    return subscription;
  }

  #drop(id: string): void {
    this.#beginning.delete(id);
    this.#subscriptions.get(id)?.end();
    this.#subscriptions.delete(id);
  }

  #whyNotFrom(since: number | FeedCursor | undefined): ResetReason | null {
    const { engine } = this.#options.hub;
    if (since === undefined) return null;
    if (typeof since === 'object' && (since.journal !== engine.journalId || since.swarm !== engine.name)) return 'other_journal';
    return placeOf(since) > engine.feed.head ? 'ahead' : null;
  }

  #sendReset(subscription: string, reason: ResetReason, { view }: SharedStatus): void {
    this.#options.send({ type: 'reset', subscription, reason, cursor: this.#cursor(view.seq), status: view });
  }

  #cursor(seq: number): FeedCursor {
    const { name, journalId } = this.#options.hub.engine;
    return { swarm: name, journal: journalId, seq };
  }
}

function placeOf(since: number | FeedCursor): number {
  return typeof since === 'number' ? since : since.seq;
}
