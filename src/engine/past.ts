/**
 * The past of one swarm: its checkpoints as it goes on, and whoever answers about earlier moments.
 */
import { Failure } from '../contract/failure.ts';
import { CheckpointTimer } from './checkpoint/checkpoints.ts';
import { TUTTI } from './command.ts';
import type { EngineOptions } from './engine-options.ts';
import type { Feed } from './feed.ts';
import type { MomentQuestion, Moments } from './moments.ts';

/** The past of one swarm. */
export class Past {
  readonly #moments: Moments | null;
  readonly #timer: CheckpointTimer | null;

  constructor({ clock, checkpoints, moments }: EngineOptions, feed: Feed) {
    this.#moments = moments ?? null;
    this.#timer = checkpoints === undefined ? null : follow(feed, new CheckpointTimer(clock, checkpoints, () => feed.head));
  }

  /** True when somebody answers about earlier moments, away from this loop. */
  get answers(): boolean {
    return this.#moments !== null;
  }

  /** Asks about a moment. Rejects with a Failure. */
  ask(question: MomentQuestion, signal?: AbortSignal): Promise<unknown> {
    if (this.#moments === null) return Promise.reject(new Failure('moment_failed', { reason: 'this server answers about now only' }));
    return this.#moments.ask(question, signal);
  }

  /** Ends what is being made and asked. */
  async close(): Promise<void> {
    await Promise.all([this.#timer?.close(), this.#moments?.close()]);
  }
}

function follow(feed: Feed, timer: CheckpointTimer): CheckpointTimer {
  feed.listen((events) => timer.changed(events.some(({ type, actor }) => type === 'config_applied' && actor !== TUTTI.actor)));
  return timer;
}
