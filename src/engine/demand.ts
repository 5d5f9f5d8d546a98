/**
 * Which sessions want work now: parked requests and standing subscriptions. Not state: it ends with the connection.
 * Invariant: a parked request is answered exactly once.
 */
import type { Command } from './command.ts';
import type { CancelTimer } from '../contract/ports.ts';

/** A request that waits for an assignment. */
export interface ParkedRequest {
  readonly session_id: string;
  /** Answers with what the state says now. */
  readonly answer: () => void;
}

interface Parking {
  readonly request: ParkedRequest;
  cancelTimer: CancelTimer;
}

/** The sessions that want work. */
export class Demand {
  readonly #parked = new Map<string, Set<Parking>>();
  readonly #standing = new Map<string, number>();

  /** True when nobody wants work. */
  get none(): boolean {
    return this.#parked.size === 0 && this.#standing.size === 0;
  }

  /** Sessions that want work; `also` is one more, for this moment. */
  *sessions(also: string | null): Generator<string> {
    if (also !== null) yield also;
    for (const id of this.#parked.keys()) if (id !== also) yield id;
    for (const id of this.#standing.keys()) if (id !== also && !this.#parked.has(id)) yield id;
  }

  /** Parks a request; returns how to take it back. `startTimer` begins its time-out. */
  park(request: ParkedRequest, startTimer: (expire: () => void) => CancelTimer): () => void {
    const parking: Parking = { request, cancelTimer: () => undefined };
    let parkings = this.#parked.get(request.session_id);
    if (parkings === undefined) {
      parkings = new Set();
      this.#parked.set(request.session_id, parkings);
    }
    parkings.add(parking);
    const remove = (): boolean => this.#remove(parking);
    parking.cancelTimer = startTimer(() => {
      if (remove()) request.answer();
    });
    return remove;
  }

  /** Answers every parked request of a session. */
  wake(sessionId: string): void {
    for (const parking of Array.from(this.#parked.get(sessionId) ?? [])) {
      if (this.#remove(parking)) parking.request.answer();
    }
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

  #remove(parking: Parking): boolean {
    const { session_id } = parking.request;
    const parkings = this.#parked.get(session_id);
    if (parkings === undefined || !parkings.delete(parking)) return false;
    if (parkings.size === 0) this.#parked.delete(session_id);
    parking.cancelTimer();
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
