/**
 * The subscriptions of a live client: each keeps its place in the log and goes on from there on every connection.
 * Invariant: a handler sees every matching event once and in order, or is told of a reset.
 */
import type { Clock } from '../contract/ports.ts';
import type { EventView } from '../contract/views/event-view.ts';
import type { StatusView } from '../contract/views/status-view.ts';
import type { FeedCursor, Topic } from '../contract/websocket.ts';
import type { ReceivedFrame } from './live-socket.ts';

/** A fresh start: the log could not be followed from where it was asked to. What is known is void. */
export interface FeedReset {
  readonly reason: 'other_journal' | 'ahead' | 'too_old';
  /** Events go on after this place. */
  readonly cursor: FeedCursor;
  readonly status: StatusView;
}

/** What somebody wants to be told. Handlers must not throw. */
export interface FeedSubscription {
  /** Default: status and every event. */
  readonly topics?: readonly Topic[];
  /** Events after this place; left out: from now on. */
  readonly since?: FeedCursor | number;
  /** Events in order, with the place after them. */
  readonly onEvents?: (events: readonly EventView[], cursor: FeedCursor) => void;
  readonly onReset?: (reset: FeedReset) => void;
  readonly onStatus?: (status: StatusView) => void;
}

interface OpenSubscription extends FeedSubscription {
  readonly id: string;
  readonly topics: readonly Topic[];
  place: FeedCursor | number | undefined;
  /** Answered on this connection. */
  begun: boolean;
}

/** What the subscriptions need. */
export interface LiveSubscriptionsOptions {
  readonly clock: Clock;
  /** Pause before a refused subscription is asked for again, in ms. */
  readonly pauseMs: number;
  readonly isOnline: () => boolean;
  readonly send: (text: string) => void;
}

/** The subscriptions of a live client. */
export class LiveSubscriptions {
  readonly #options: LiveSubscriptionsOptions;
  readonly #open = new Map<string, OpenSubscription>();
  #last = 0;

  constructor(options: LiveSubscriptionsOptions) {
    this.#options = options;
  }

  /** Begins a subscription. Returns how to end it. */
  add(subscription: FeedSubscription): () => void {
    this.#last += 1;
    const { topics = ['status', 'events'], since } = subscription;
    const open: OpenSubscription = { ...subscription, id: `s${this.#last}`, topics, place: since, begun: false };
    this.#open.set(open.id, open);
    this.#ask(open);
    return () => {
      if (this.#open.delete(open.id) && this.#options.isOnline()) this.#options.send(JSON.stringify({ type: 'unsubscribe', id: open.id }));
    };
  }

  /** The connection is there: everything goes on where it was. */
  online(): void {
    for (const open of this.#open.values()) {
      open.begun = false;
      this.#ask(open);
    }
  }

  /** Takes a frame that belongs to a subscription. False when it does not. */
  receive(frame: ReceivedFrame): boolean {
    if (frame['type'] === 'status_update') {
      this.#status(frame);
      return true;
    }
    const open = this.#open.get(String(frame['subscription'] ?? frame['id']));
    if (open === undefined) return false;
    if (frame['type'] === 'events') this.#events(open, frame);
    else if (frame['type'] === 'subscribed') this.#begin(open, frame['cursor'] as FeedCursor);
    else if (frame['type'] === 'reset') this.#reset(open, frame);
    else if (frame['type'] === 'error' && !open.begun) this.#askLater(open);
    return true;
  }

  #ask({ id, topics, place }: OpenSubscription): void {
    if (this.#options.isOnline()) this.#options.send(JSON.stringify({ type: 'subscribe', id, topics, since: place }));
  }

  #askLater(open: OpenSubscription): void {
    this.#options.clock.after(this.#options.pauseMs, () => {
      if (this.#open.get(open.id) === open && !open.begun) this.#ask(open);
    });
  }

  #begin(open: OpenSubscription, cursor: FeedCursor): void {
    open.begun = true;
    open.place = cursor;
  }

  #reset(open: OpenSubscription, frame: ReceivedFrame): void {
    const { reason, cursor, status } = frame as unknown as FeedReset;
    this.#begin(open, cursor);
    open.onReset?.({ reason, cursor, status });
  }

  #events(open: OpenSubscription, frame: ReceivedFrame): void {
    if (typeof open.place !== 'object') return;
    const before = open.place;
    const fresh = (frame['events'] as readonly EventView[]).filter(({ seq }) => seq > before.seq);
    const cursor = { ...before, seq: Math.max(before.seq, Number(frame['seq'])) };
    open.place = cursor;
    if (fresh.length > 0) open.onEvents?.(fresh, cursor);
  }

  #status({ type: _type, ...status }: ReceivedFrame): void {
    for (const open of this.#open.values()) if (open.topics.includes('status')) open.onStatus?.(status as unknown as StatusView);
  }
}
