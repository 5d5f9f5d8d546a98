/**
 * The standing wishes for work of one connection. Invariant: a wish is answered by `working` before its first assignment.
 */
import { Failure } from '../../contract/failure.ts';
import type { OutputOf } from '../../contract/operations.ts';
import type { ClientFrame, ServerFrame } from '../../contract/websocket.ts';
import { callOperation } from '../call-operation.ts';
import type { Principal } from '../principal.ts';
import { asFailure, problemOf } from '../problem.ts';
import type { ServerContext } from '../server-context.ts';
import type { SwarmHub } from './swarm-hub.ts';
import { type WishTarget, WorkWish } from './work-wish.ts';

/** What wishes need. */
export interface WorkWishesOptions {
  readonly context: ServerContext;
  readonly hub: SwarmHub;
  /** Who calls; of the credential when one is given. Throws Failure `credential_invalid`. */
  readonly principal: (credential: string | undefined) => Principal;
  readonly hasRoom: () => boolean;
  readonly send: (frame: ServerFrame) => void;
  /** The most wishes. */
  readonly bound: number;
}

/** The standing wishes for work of one connection. */
export class WorkWishes implements WishTarget {
  readonly #options: WorkWishesOptions;
  readonly #wishes = new Map<string, WorkWish>();
  /** Wishes that are being checked; the newest of a session wins. */
  readonly #beginning = new Map<string, ClientFrame<'work'>>();

  constructor(options: WorkWishesOptions) {
    this.#options = options;
  }

  /** Begins or withdraws a wish. */
  take(frame: ClientFrame<'work'>): void {
    const { session_id } = frame;
    this.#drop(session_id);
    if (!frame.wanted) {
      this.#options.send({ type: 'working', session_id, wanted: false });
      return;
    }
    this.#beginning.set(session_id, frame);
    this.#begin(frame).catch((error: unknown) => {
      if (this.#beginning.get(session_id) === frame) this.ended(session_id, asFailure(error));
    });
  }

  /** There is room for more assignments. */
  look(): void {
    for (const wish of this.#wishes.values()) wish.retry();
  }

  hasRoom(): boolean {
    return this.#options.hasRoom();
  }

  push(session_id: string, work: OutputOf<'work.request'>): void {
    this.#options.send({ type: 'assignment', session_id, ...work });
  }

  ended(session_id: string, failure: Failure): void {
    this.#drop(session_id);
    this.#options.send({ type: 'working', session_id, wanted: false, error: problemOf(failure) });
  }

  /** The connection is gone. */
  end(): void {
    for (const id of [...this.#wishes.keys(), ...this.#beginning.keys()]) this.#drop(id);
  }

  /** The request shows that the session is known and may ask; what it gives is pushed by the wish. */
  async #begin(frame: ClientFrame<'work'>): Promise<void> {
    const { context, hub, bound, send } = this.#options;
    const { session_id } = frame;
    if (this.#wishes.size + this.#beginning.size > bound)
      throw new Failure('too_many_requests', { reason: `a connection has at most ${bound} standing wishes for work`, retry_after: 1 });
    const principal = this.#options.principal(frame.credential);
    const call = { swarm: hub.engine.name, operation: 'work.request', input: { session_id }, principal } as const;
    await new Promise((resolve, reject) => callOperation(context, call, { resolve, reject }));
    if (this.#beginning.get(session_id) !== frame) return;
    this.#beginning.delete(session_id);
    send({ type: 'working', session_id, wanted: true });
    this.#wishes.set(session_id, new WorkWish(hub, this, { id: session_id, principal }));
  }

  #drop(sessionId: string): void {
    this.#beginning.delete(sessionId);
    this.#wishes.get(sessionId)?.end();
    this.#wishes.delete(sessionId);
  }
}
