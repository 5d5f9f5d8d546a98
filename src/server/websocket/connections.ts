/**
 * Owns the connections of the WebSocket door, from the moment a request was let in until the server ends: what those of
 * one swarm share, and the sweep that looks for slow, silent and anonymous ones.
 */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { CancelTimer } from '../../contract/ports.ts';
import { Failure } from '../../contract/failure.ts';
import type { ClientFrame } from '../../contract/websocket.ts';
import type { SwarmEngine } from '../../engine/swarm-engine.ts';
import type { Principal } from '../principal.ts';
import type { ServerContext } from '../server-context.ts';
import { Connection } from './connection.ts';
import { SwarmHub } from './swarm-hub.ts';
import type { WebSocketLimits } from './websocket-limits.ts';

/** A request that was let in. */
export interface Admission {
  readonly engine: SwarmEngine;
  readonly principal: Principal | null;
  readonly subscription: ClientFrame<'subscribe'> | null;
}

/** The connections of one server. */
export class Connections {
  readonly #context: ServerContext;
  readonly #limits: WebSocketLimits;
  readonly #hubs = new Map<SwarmEngine, SwarmHub>();
  readonly #open = new Set<Connection>();
  #cancelSweep: CancelTimer = () => undefined;

  constructor(context: ServerContext, limits: WebSocketLimits) {
    this.#context = context;
    this.#limits = limits;
    this.#sweepLater();
  }

  /** Throws Failure `too_many_requests` when there is no room for another. */
  refuseTooMany(): void {
    if (this.#open.size >= this.#limits.connections)
      throw new Failure('too_many_requests', { reason: 'too many connections', retry_after: 5 });
  }

  /** Takes a WebSocket in; `socket` is the one below it. */
  accept(ws: WebSocket, socket: Duplex, { engine, principal, subscription }: Admission): void {
    const [context, limits] = [this.#context, this.#limits];
    const connection = new Connection({ ws, socket, context, hub: this.#hubOf(engine), limits, principal, subscription });
    this.#open.add(connection);
    ws.once('close', () => this.#open.delete(connection));
  }

  /** Answers what runs, then ends them all. */
  async finish(): Promise<void> {
    await Promise.all(Array.from(this.#open, (connection) => connection.finish()));
    this.#cancelSweep();
    for (const hub of this.#hubs.values()) hub.close();
  }

  #hubOf(engine: SwarmEngine): SwarmHub {
    const hub = this.#hubs.get(engine) ?? new SwarmHub(engine, this.#context.time, this.#limits.status_ms);
    this.#hubs.set(engine, hub);
    return hub;
  }

  /** A sweep that comes late is left out: what the peers sent meanwhile has not been read yet. */
  #sweepLater(): void {
    const { sweep_ms } = this.#limits;
    const { time } = this.#context;
    const asked = time.now();
    this.#cancelSweep = time.after(sweep_ms, () => {
      this.#sweepLater();
      if (time.now() - asked > 2 * sweep_ms) return;
      for (const connection of this.#open) connection.sweep();
    });
  }
}
