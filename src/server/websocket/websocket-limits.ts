/**
 * The bounds of the WebSocket door: what one connection may make the server hold, and how long it may be silent.
 */

/** The bounds of the WebSocket door. Times in ms, sizes in bytes. */
export interface WebSocketLimits {
  /** Connections at the same time; more are refused with 503. */
  readonly connections: number;
  /** Calls of one connection that are not answered yet; from then on its frames wait in its own socket. */
  readonly calls_in_flight: number;
  /** Queries among them: their answers can be large. */
  readonly queries_in_flight: number;
  /** Subscriptions of one connection. */
  readonly subscriptions: number;
  /** Standing wishes for work of one connection. */
  readonly work_wishes: number;
  /** Unsent bytes of one connection from which on nothing is read from it and no event is sent to it. */
  readonly unsent_bytes: number;
  /** How long unsent bytes may stay at that bound before the reader is dropped. */
  readonly slow_reader_ms: number;
  /** How long a connection may stay without a valid token, and what it may send until then. */
  readonly hello_ms: number;
  readonly hello_bytes: number;
  /** How often a silent peer is pinged; one that is silent for twice this long is dropped. */
  readonly heartbeat_ms: number;
  /** How often the status is sent (A10). */
  readonly status_ms: number;
  /** How long a peer may take to answer a close frame, and the last calls of a server that shuts down to be answered. */
  readonly close_ms: number;
  /** How often connections are looked through for slow, silent and anonymous ones. */
  readonly sweep_ms: number;
}

/** The bounds of a server that names none. */
export const WEBSOCKET_LIMITS: WebSocketLimits = {
  connections: 20_000,
  calls_in_flight: 2000,
  queries_in_flight: 16,
  subscriptions: 64,
  work_wishes: 1000,
  unsent_bytes: 262_144,
  slow_reader_ms: 30_000,
  hello_ms: 10_000,
  hello_bytes: 65_536,
  heartbeat_ms: 15_000,
  status_ms: 2000,
  close_ms: 2000,
  sweep_ms: 1000,
};
