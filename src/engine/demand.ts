/**
 * Which sessions want work now: parked requests and standing subscriptions. Not state: it ends with the connection.
 * Invariant: a parked request is answered exactly once.
 */
import type { Command } from './command.ts';
import type { Clock } from '../contract/ports.ts';
import type { Demanding } from '../domain/dispatch/demanding.ts';
import type { Waiting } from './engine-options.ts';

/** A request that waits for an assignment. */
export interface ParkedRequest<T> {
  readonly session_id: string;
  /** The answer by what the state says now. */
  readonly answer: () => Promise<T | null>;
}

interface Parking {
  /** Answers it, unless that has happened. */
  readonly wake: () => void;
}

/** The sessions that want work. */
export class Demand {
  readonly #parked = new Map<string, Set<Parking>>();
  readonly #standing = new Map<string, number>();

  /** True when nobody wants work. */
  get none(): boolean {
    return this.#parked.size === 0 && this.#standing.size === 0;
  }

  /** The demand with one more session, for this moment. */
  with(also: string | null): Demanding {
    return {
      sessions: () => this.#sessions(also),
      has: (id) => id === also || this.#parked.has(id) || this.#standing.has(id),
    };
  }

  /** Sessions whose request waits: their connection is open, so they live. */
  waiting(): Iterable<string> {
    return this.#parked.keys();
  }

  /** Parks a request until it is woken or its time is over; null when `stop` is raised before. */
  park<T>(request: ParkedRequest<T>, { waitMs, stop }: Waiting, clock: Clock): Promise<T | null> {
    const { promise, resolve } = Promise.withResolvers<T | null>();
    // Whoever asked may have been told already that the command itself failed.
    promise.catch(() => undefined);
    const end = (answer: () => Promise<T | null> | null): void => {
      if (!this.#remove(request.session_id, parking)) return;
      cancelTimer();
      stop?.removeEventListener('abort', giveUp);
      resolve(answer());
    };
    const parking: Parking = { wake: () => end(request.answer) };
    const giveUp = (): void => end(() => null);
    const cancelTimer = clock.after(waitMs, parking.wake);
    stop?.addEventListener('abort', giveUp);
    const parkings = this.#parked.get(request.session_id);
    if (parkings === undefined) this.#parked.set(request.session_id, new Set([parking]));
    else parkings.add(parking);
    return promise;
  }

  /** Answers every parked request of a session. */
  wake(sessionId: string): void {
    for (const parking of Array.from(this.#parked.get(sessionId) ?? [])) parking.wake();
  }

  /** Answers every parked request. */
  wakeAll(): void {
    for (const id of Array.from(this.#parked.keys())) this.wake(id);
  }

  /** A standing wish for work, as long as a connection lasts. Returns how to end it. */
  stand(sessionId: string): () => void {
    this.#standing.set(sessionId, (this.#standing.get(sessionId) ?? 0) + 1);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      const left = (this.#standing.get(sessionId) ?? 1) - 1;
      if (left === 0) this.#standing.delete(sessionId);
      else this.#standing.set(sessionId, left);
    };
  }

  *#sessions(also: string | null): Generator<string> {
    if (also !== null) yield also;
    for (const id of this.#parked.keys()) if (id !== also) yield id;
    for (const id of this.#standing.keys()) if (id !== also && !this.#parked.has(id)) yield id;
  }

  #remove(sessionId: string, parking: Parking): boolean {
    const parkings = this.#parked.get(sessionId);
    if (parkings === undefined || !parkings.delete(parking)) return false;
    if (parkings.size === 0) this.#parked.delete(sessionId);
    return true;
  }
}

/** True for the commands by which a session shows that it wants work. */
export function wantsWork(command: Command): boolean {
  const { input } = command;
  if (command.name === 'work.request') return true;
  if (command.name === 'session.register') return !('wants_work' in input) || input.wants_work !== false;
  if (command.name !== 'session.heartbeat' || !('status' in input)) return false;
  return input.status === 'idle' && (!('wants_work' in input) || input.wants_work !== false);
}
