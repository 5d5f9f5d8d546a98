/**
 * The network of a command that lives for a moment: requests over Node's own client, WebSockets as the platform has them.
 */
import { fetchTransport } from '../client/fetch-transport.ts';
import type { Transport } from '../client/transport.ts';
import { httpRequest } from '../config/http-request.ts';

/** The network of a command. */
export const nodeTransport: Transport = { ...fetchTransport, request: httpRequest };
