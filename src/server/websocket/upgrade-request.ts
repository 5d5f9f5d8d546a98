/**
 * Reads the HTTP request that asks for a WebSocket: which swarm, who asks, and what it wants to be told.
 */
import type { IncomingMessage } from 'node:http';
import { Failure } from '../../contract/failure.ts';
import { REALTIME_PATH, REALTIME_PROTOCOL } from '../../contract/doors.ts';
import { BEARER_PROTOCOL, type ClientFrame, DEFAULT_SUBSCRIPTION, subscribeFrame } from '../../contract/websocket.ts';
import { type Principal, principalOf } from '../principal.ts';
import { DEFAULT_SWARM, type ServerContext } from '../server-context.ts';
import { validatorFor } from '../validate-input.ts';

const validateSubscribe = validatorFor(subscribeFrame);

/** Name of the swarm that the path asks for, or null when it is no path of this door. */
export function swarmOfPath(pathname: string): string | null {
  if (pathname === REALTIME_PATH) return DEFAULT_SWARM;
  const [, swarm] = /^\/s\/([^/]+)(\/.*)$/.exec(pathname) ?? [];
  return swarm !== undefined && pathname === `/s/${swarm}${REALTIME_PATH}` ? swarm : null;
}

/** Who asks: null when no token came, and `hello` must bring one. Throws Failure `unauthenticated`. */
export function principalOfUpgrade(context: ServerContext, { headers }: IncomingMessage): Principal | null {
  const offered = protocolsOf(headers['sec-websocket-protocol']).find((protocol) => protocol.startsWith(BEARER_PROTOCOL));
  const inProtocol = offered === undefined ? undefined : Buffer.from(offered.slice(BEARER_PROTOCOL.length), 'base64url').toString();
  const authorization = headers.authorization ?? (inProtocol === undefined ? undefined : `Bearer ${inProtocol}`);
  if (authorization === undefined && context.auth && context.pages.roleOf(headers, Date.now()) === null) return null;
  return principalOf(context, authorization === undefined ? headers : { ...headers, authorization });
}

/** What the query asks to be told: everything when it says nothing, null for `topics=`. Throws Failure `invalid_input`. */
export function subscriptionOfQuery(query: URLSearchParams): ClientFrame<'subscribe'> | null {
  const topics = query
    .get('topics')
    ?.split(',')
    .filter((topic) => topic !== '');
  if (topics?.length === 0) return null;
  const since = query.get('since');
  const place = since === null ? {} : { since: /^\d+$/.test(since) ? Number(since) : since };
  return validateSubscribe({ type: 'subscribe', id: DEFAULT_SUBSCRIPTION, ...(topics === undefined ? {} : { topics }), ...place });
}

/** Which of the offered subprotocols is spoken: a browser insists on one of them. */
export function chooseProtocol(offered: ReadonlySet<string>): string | false {
  const [first] = offered;
  return offered.has(REALTIME_PROTOCOL) ? REALTIME_PROTOCOL : (first ?? false);
}

function protocolsOf(header: string | undefined): string[] {
  return (header ?? '').split(',').map((protocol) => protocol.trim());
}

/** The URL of a request. Throws Failure `request_malformed`. */
export function urlOf(request: IncomingMessage): URL {
  const url = URL.parse(request.url ?? '', 'http://host');
  if (url === null) throw new Failure('request_malformed', { reason: 'its target is no path' });
  return url;
}
