/**
 * The network as a client sees it. The simulation and the tests of retries pass their own.
 */

/** One HTTP request. */
export interface TransportRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly signal: AbortSignal;
}

/** A whole HTTP response. */
export interface TransportResponse {
  readonly status: number;
  /** Content type in lower case, without parameters; empty when there is none. */
  readonly media_type: string;
  /** The header retry-after, or null. */
  readonly retry_after: string | null;
  readonly body: string;
}

/** Told what happens to a socket. `closed` comes exactly once, and nothing after it. */
export interface SocketListener {
  readonly opened: () => void;
  readonly received: (text: string) => void;
  readonly closed: (code: number, reason: string) => void;
}

/** A WebSocket. */
export interface TransportSocket {
  /** Bytes that were sent but are not on their way yet. */
  readonly bufferedAmount: number;
  /** Sends a text frame; without effect once the socket closes. */
  send(text: string): void;
  close(code: number, reason: string): void;
}

/** The network. */
export interface Transport {
  /** Sends a request; rejects when the connection is refused or lost, and when the signal aborts. */
  request(request: TransportRequest): Promise<TransportResponse>;
  /** Opens a WebSocket; never throws, a refusal is a `closed`. */
  connect(url: string, protocols: readonly string[], listener: SocketListener): TransportSocket;
}
