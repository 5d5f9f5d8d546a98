/**
 * The events of one swarm as frames. Each event is serialised once, and readers at the same place with the same topics
 * share one frame. Bound: a frame holds about 256 KB, and a few of them are kept.
 */
import type { LogEvent } from '../../contract/event.ts';
import type { Feed } from '../../engine/feed.ts';
import { showEvent } from '../../views/event-view.ts';
import { textFrame } from './text-frame.ts';
import type { TopicFilter } from './topic-filter.ts';

/** What comes after a place in the log. */
export interface EventPart {
  /** The place after it. */
  readonly seq: number;
  /** null when nothing in it matches. */
  readonly frame: Buffer | null;
  /** True when the log no longer has what comes next. */
  readonly gap: boolean;
}

const EVENTS_AT_ONCE = 2000;
const FRAME_CHARACTERS = 262_144;
const PARTS_KEPT = 32;

/** The events of one swarm as frames. */
export class EventFrames {
  readonly #feed: () => Feed;
  readonly #texts = new WeakMap<LogEvent, string>();
  readonly #parts = new Map<string, Promise<EventPart | null>>();

  constructor(feed: () => Feed) {
    this.#feed = feed;
  }

  /** What a subscription is sent after `since`, or null at the end of the log. */
  after(since: number, filter: TopicFilter, subscription: string): Promise<EventPart | null> {
    const key = `${since} ${subscription} ${filter.key}`;
    const known = this.#parts.get(key);
    if (known !== undefined) return known;
    const part = this.#make(since, filter, subscription);
    if (this.#parts.size >= PARTS_KEPT) this.#parts.clear();
    this.#parts.set(key, part);
    // The end of the log moves, and a failure passes: neither is an answer for others.
    part.then(
      (made) => made ?? this.#parts.delete(key),
      () => this.#parts.delete(key),
    );
    return part;
  }

  async #make(since: number, filter: TopicFilter, subscription: string): Promise<EventPart | null> {
    const feed = this.#feed();
    const events = await feed.after(since, EVENTS_AT_ONCE);
    const first = events[0];
    if (first === undefined) return since < feed.head ? { seq: since, frame: null, gap: true } : null;
    if (first.seq !== since + 1) return { seq: since, frame: null, gap: true };
    const texts: string[] = [];
    let size = 0;
    let seq = since;
    for (const event of events) {
      seq = event.seq;
      if (!filter.matches(event)) continue;
      const text = this.#textOf(event);
      texts.push(text);
      size += text.length;
      if (size >= FRAME_CHARACTERS) break;
    }
    if (texts.length === 0) return { seq, frame: null, gap: false };
    const head = `{"type":"events","subscription":${JSON.stringify(subscription)},"seq":${seq},"events":[`;
    return { seq, frame: textFrame(`${head}${texts.join(',')}]}`), gap: false };
  }

  #textOf(event: LogEvent): string {
    let text = this.#texts.get(event);
    if (text === undefined) {
      text = JSON.stringify(showEvent(event));
      this.#texts.set(event, text);
    }
    return text;
  }
}
