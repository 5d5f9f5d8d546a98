/**
 * The host at the other end of a connection: what it offers, what it is told to do, what it sends.
 * Invariant: every order settles: served, or the host is away.
 */
import { Failure } from '../../contract/failure.ts';
import { ROLES, type Role } from '../../contract/roles.ts';
import type { ClientFrame, ServerFrame } from '../../contract/websocket.ts';
import { problemOf } from '../problem.ts';
import type { OrderOutcome, TerminalDesk, TerminalHost, TerminalOrder } from '../terminals/terminal-desk.ts';

/** What offers need. */
export interface TerminalHostEndOptions {
  readonly desk: TerminalDesk;
  readonly send: (frame: ServerFrame) => void;
  readonly role: () => Role;
}

interface OpenOrder {
  readonly session_id: string;
  readonly resolve: (outcome: OrderOutcome) => void;
  readonly reject: (failure: Failure) => void;
  readonly timer: NodeJS.Timeout;
}

const SERVED_WITHIN_MS = 15_000;
const ORDERS_AT_ONCE = 1000;

/** The host at the other end of a connection. */
export class TerminalHostEnd implements TerminalHost {
  readonly #options: TerminalHostEndOptions;
  readonly #orders = new Map<number, OpenOrder>();
  #name: string | null = null;
  #last = 0;

  constructor(options: TerminalHostEndOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#name ?? '';
  }

  /** Takes what it offers. Who offers terminals is typed into: that needs the operator's role. */
  offer({ host, terminals }: ClientFrame<'offer'>): void {
    const { desk, send, role } = this.#options;
    if (ROLES.indexOf(role()) < ROLES.indexOf('operator')) {
      const failure = new Failure('forbidden', { role: role(), operation: 'offer terminals', needed: 'operator' });
      send({ type: 'error', id: 'offer', error: problemOf(failure) });
      return;
    }
    this.#name = host;
    desk.offer(this, terminals);
    send({ type: 'offered', terminals: terminals.length });
  }

  /** Takes what changed of a screen. */
  screen(change: ClientFrame<'screen'>): void {
    if (this.#name !== null) this.#options.desk.show(this, change);
  }

  /** Takes how an order went. */
  served({ order, error, ...outcome }: ClientFrame<'served'>): void {
    const open = this.#orders.get(order);
    if (open === undefined) return;
    this.#orders.delete(order);
    clearTimeout(open.timer);
    if (error === undefined) open.resolve(outcome);
    else open.reject(away(open.session_id, error));
  }

  order(session_id: string, order: TerminalOrder): Promise<OrderOutcome> {
    if (this.#name === null) return Promise.reject(away(session_id, 'its connection is gone'));
    if (this.#orders.size >= ORDERS_AT_ONCE) return Promise.reject(away(session_id, 'too much waits for it'));
    this.#last += 1;
    const number = this.#last;
    return new Promise((resolve, reject) => {
      const late = (): void => {
        this.#orders.delete(number);
        reject(away(session_id, `no answer within ${SERVED_WITHIN_MS / 1000} s`));
      };
      this.#orders.set(number, { session_id, resolve, reject, timer: setTimeout(late, SERVED_WITHIN_MS).unref() });
      this.#options.send({ type: 'order', order: number, session_id, do: order });
    });
  }

  /** The connection is gone. */
  end(): void {
    if (this.#name === null) return;
    this.#name = null;
    for (const { session_id, reject, timer } of this.#orders.values()) {
      clearTimeout(timer);
      reject(away(session_id, 'its connection is gone'));
    }
    this.#orders.clear();
    this.#options.desk.leave(this);
  }
}

function away(session_id: string, reason: string): Failure {
  return new Failure('terminal_away', { session_id, reason });
}
