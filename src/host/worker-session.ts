/**
 * The session that a worker is to the server.
 *
 *     unregistered → registered → (the server forgot it) → unregistered → …
 *
 * Invariants: calls go out under one incarnation at a time; when an incarnation ends, all its leases end with it.
 */
import type { CallInput } from '../client/client.ts';
import { Failure } from '../contract/failure.ts';
import type { OperationName, OutputOf } from '../contract/operations.ts';
import type { AssignmentView } from '../contract/views/task-view.ts';
import { meaningOf } from './server-answer.ts';
import type { ServerLink } from './server-link.ts';
import type { WorkerFact } from './worker-event.ts';
import type { WorkerFate } from './worker-fate.ts';

/** Who registers. */
export type Registration = Omit<CallInput<'session.register'>, 'command_id' | 'wants_work'>;

/** The session's surroundings. */
export interface SessionPorts {
  readonly link: ServerLink;
  readonly fate: WorkerFate;
  readonly tell: (fact: WorkerFact) => void;
  /** Time between heartbeats, from the swarm's interval in seconds. */
  readonly heartbeatMs: (interval: number) => number;
  readonly onAssignment: (assignment: AssignmentView) => void;
  /** Told of each new incarnation. */
  readonly onRegistered: () => void;
  /** Told when all leases have ended because their incarnation has. */
  readonly onLeasesLost: (reason: string) => void;
}

/** Fields of a call that the session fills in. */
type SessionInput<N extends OperationName> = Omit<CallInput<N>, 'session_id'>;

/** Operations that speak for a session. */
type SessionOperation = 'session.heartbeat' | 'work.request' | 'work.update' | 'work.complete' | 'work.park' | 'usage.report';

/** A registered session. */
export class WorkerSession {
  readonly id: string;
  readonly #registration: Registration;
  readonly #ports: SessionPorts;
  #incarnation = 0;
  #credential: string | null = null;
  #heartbeat_ms = 0;
  #retuned = new AbortController();
  #ready: Promise<void>;

  constructor(registration: Registration, ports: SessionPorts) {
    this.id = registration.session_id;
    this.#registration = registration;
    this.#ports = ports;
    this.#ready = Promise.resolve();
  }

  /** Proves the present incarnation; null before the first. */
  get credential(): string | null {
    return this.#credential;
  }

  /** True once it has been registered. */
  get registered(): boolean {
    return this.#incarnation !== 0;
  }

  /** Time between heartbeats in ms. */
  get heartbeat_ms(): number {
    return this.#heartbeat_ms;
  }

  /** Aborted when the time between heartbeats changes. */
  get retuned(): AbortSignal {
    return this.#retuned.signal;
  }

  /** The swarm's interval of heartbeats is this, in seconds. */
  beatEvery(interval: number): void {
    this.#heartbeat_ms = this.#ports.heartbeatMs(interval);
    this.#retuned.abort();
    this.#retuned = new AbortController();
  }

  /** Registers, waiting for a lost server. Resolves as well when the worker has to end instead. */
  open(): Promise<void> {
    this.#ready = this.#register();
    return this.#ready;
  }

  /** Calls for this session. A refusal that ends the session or the worker takes its course, and rejects like any other. */
  async call<N extends SessionOperation>(name: N, input: SessionInput<N>, signal: AbortSignal): Promise<OutputOf<N>> {
    await this.#ready;
    const incarnation = this.#incarnation;
    try {
      return await this.#ports.link.call(name, { ...input, session_id: this.id } as unknown as CallInput<N>, signal);
    } catch (error) {
      if (error instanceof Failure && incarnation === this.#incarnation) this.#heed(error);
      throw error;
    }
  }

  async #register(): Promise<void> {
    const { link, fate, tell, onAssignment, onRegistered } = this.#ports;
    try {
      this.#credential = null;
      const input = { ...this.#registration, wants_work: !fate.leaving.aborted };
      const answer = await link.call('session.register', input, fate.leaving);
      this.#incarnation = answer.incarnation;
      this.#credential = answer.credential ?? null;
      this.beatEvery(answer.heartbeat_interval);
      tell({ kind: 'registered', session_id: this.id, incarnation: answer.incarnation, heartbeat_ms: this.#heartbeat_ms });
      if (answer.assignment !== null) onAssignment(answer.assignment);
      onRegistered();
    } catch (error) {
      if (error instanceof Failure && error.code !== 'call_aborted') fate.leave('refused', error);
    }
  }

  #heed(failure: Failure): void {
    const { fate, onLeasesLost } = this.#ports;
    const meaning = meaningOf(failure.code);
    if (meaning === 'replaced') fate.leave('replaced', failure);
    if (meaning === 'denied') fate.leave('refused', failure);
    if (meaning !== 'session_gone' || fate.leaving.aborted) return;
    this.#incarnation = 0;
    onLeasesLost(failure.message);
    this.#ready = this.#register();
  }
}
