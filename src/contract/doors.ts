/**
 * What a client has to know of the doors before it sends anything, without the schemas of what goes through them.
 */

/** Path of the WebSocket door; `/s/{swarm}` before it names a swarm. */
export const REALTIME_PATH = '/swarm/realtime';
/** Subprotocol that a client offers, and the server accepts. */
export const REALTIME_PROTOCOL = 'tutti';
/** The most calls in one batch. */
export const BATCH_CALLS = 1000;
/** Largest body of a batch in bytes. */
export const BATCH_BYTES = 16 * 1_048_576;
