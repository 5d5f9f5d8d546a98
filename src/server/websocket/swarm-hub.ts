/**
 * What the connections of one swarm share: its newest status, its events as frames, and the turns in which they are told.
 * A turn tells 100 connections and then lets the loop go on; turns come the less often the more connections there are.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LogEvent } from '../../contract/event.ts';
import type { StatusView } from '../../contract/views/status-view.ts';
import type { CancelTimer } from '../../contract/ports.ts';
import type { SwarmEngine } from '../../engine/swarm-engine.ts';
import { showStatus } from '../../views/status-view.ts';
import type { Stopwatch } from '../server-context.ts';
import { EventFrames } from './event-frames.ts';
import { textFrame } from './text-frame.ts';

/** The status of a swarm, serialised once for everybody. */
export interface SharedStatus {
  readonly view: StatusView;
  readonly frame: Buffer;
}

/** A connection as its swarm sees it. */
export interface HubMember {
  readonly wantsStatus: boolean;
  /** There may be events that it has not been sent. */
  advance(): void;
  offerStatus(status: SharedStatus): void;
}

/** A session's standing wish for work as its swarm sees it. */
export interface HubWish {
  readonly session_id: string;
  /** Something happened to the session or to its work. */
  notice(event: LogEvent): void;
  /** Time to try again what could not be done before. */
  retry(): void;
}

const MEMBERS_PER_TURN = 100;
/** Time between two rounds: at least this, and longer with many members. */
const SHORTEST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 500;
const MEMBERS_PER_PAUSE_MS = 20;
/** A status may be this old when a connection begins: what happened since then follows as events. */
const STATUS_KEPT_MS = 250;

/** What the connections of one swarm share. */
export class SwarmHub {
  readonly engine: SwarmEngine;
  readonly frames: EventFrames;
  readonly #members = new Set<HubMember>();
  readonly #wishes = new Map<string, Set<HubWish>>();
  readonly #stopListening: () => void;
  readonly #time: Stopwatch;
  #cancelTick: CancelTimer = () => undefined;
  #cancelPause: CancelTimer | null = null;
  #lastRound = 0;
  #status: { readonly made: Promise<SharedStatus>; readonly at: number } | null = null;

  constructor(engine: SwarmEngine, time: Stopwatch, statusMs: number) {
    this.engine = engine;
    this.#time = time;
    this.frames = new EventFrames(() => engine.feed);
    this.#stopListening = engine.feed.listen((events) => this.#published(events));
    this.#tickAfter(statusMs);
  }

  /** Takes a connection in. Returns how to let it go. */
  join(member: HubMember): () => void {
    this.#members.add(member);
    return () => this.#members.delete(member);
  }

  /** Tells a wish what happens to its session. Returns how to stop. */
  follow(wish: HubWish): () => void {
    const wishes = this.#wishes.get(wish.session_id) ?? new Set();
    this.#wishes.set(wish.session_id, wishes.add(wish));
    return () => {
      wishes.delete(wish);
      if (wishes.size === 0 && this.#wishes.get(wish.session_id) === wishes) this.#wishes.delete(wish.session_id);
    };
  }

  /** The status, at most a moment old. Rejects with the engine's Failure. */
  status(): Promise<SharedStatus> {
    const now = this.#time.now();
    if (this.#status !== null && now - this.#status.at < STATUS_KEPT_MS) return this.#status.made;
    const { engine } = this;
    const made = engine
      .read((state) => showStatus(state, engine.contacts, engine.now(), engine.feed.archiveMissing()))
      .then((view) => ({ view, frame: textFrame(JSON.stringify({ type: 'status_update', ...view })) }));
    const kept = { made, at: now };
    this.#status = kept;
    made.catch(() => {
      if (this.#status === kept) this.#status = null;
    });
    return made;
  }

  /** Ends the timers and the listening. */
  close(): void {
    this.#stopListening();
    this.#cancelTick();
    this.#cancelPause?.();
  }

  #published(events: readonly LogEvent[]): void {
    if (this.#wishes.size > 0) for (const event of events) this.#noticed(event);
    if (this.#members.size === 0 || this.#cancelPause !== null) return;
    const pause = Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, this.#members.size / MEMBERS_PER_PAUSE_MS));
    this.#cancelPause = this.#time.after(Math.max(0, this.#lastRound + pause - this.#time.now()), () => {
      this.#lastRound = this.#time.now();
      this.#cancelPause = null;
      void this.#round((member) => member.advance());
    });
  }

  #noticed(event: LogEvent): void {
    const { type, data } = event;
    if (type !== 'task_assigned' && type !== 'session_registered' && type !== 'session_deregistered') return;
    for (const wish of this.#wishes.get(data.session_id) ?? []) wish.notice(event);
  }

  #tickAfter(ms: number): void {
    this.#cancelTick = this.#time.after(ms, () => {
      this.#tickAfter(ms);
      void this.#tick();
    });
  }

  /** Also the safety net of what could not be read before. */
  async #tick(): Promise<void> {
    for (const wishes of this.#wishes.values()) for (const wish of wishes) wish.retry();
    if (this.#members.size === 0) return;
    const status = await this.status().catch(() => null);
    await this.#round((member) => {
      if (status !== null && member.wantsStatus) member.offerStatus(status);
      member.advance();
    });
  }

  async #round(tell: (member: HubMember) => void): Promise<void> {
    let told = 0;
    for (const member of this.#members) {
      if (told > 0 && told % MEMBERS_PER_TURN === 0) await nextTurn();
      tell(member);
      told += 1;
    }
  }
}
