/**
 * What a request must fulfil before anybody looks at it. A local server that controls agents is reachable from every
 * page in every browser of the machine: the Host header stops rebound names, Origin and Sec-Fetch-Site stop foreign pages.
 * Invariant: the check goes by what an operation does, not by its verb, because `GET /work/request` hands out work.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { Failure } from '../contract/failure.ts';
import type { ServerContext } from './server-context.ts';

/** Throws Failure `shutting_down` or `host_refused`. */
export function admit(context: ServerContext, headers: IncomingHttpHeaders): void {
  if (context.closing) throw new Failure('shutting_down');
  const { host } = headers;
  if (host === undefined || !context.hosts.has(hostName(host)))
    throw new Failure('host_refused', { host: host?.slice(0, 255) ?? '(none)' });
}

/** Throws Failure `origin_refused` when a page of another origin sends this. For everything that changes state. */
export function admitChange(context: ServerContext, headers: IncomingHttpHeaders): void {
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  if (origin === undefined && site === undefined) return;
  if (origin !== undefined ? isOwnOrigin(context, origin, headers.host ?? '') : site === 'same-origin' || site === 'none') return;
  throw new Failure('origin_refused', { origin: (origin ?? `of a ${String(site)} page`).slice(0, 255) });
}

/** The host of a Host header without its port, lower case. */
export function hostName(host: string): string {
  return host.replace(/:\d+$/, '').toLowerCase();
}

function isOwnOrigin({ origins }: ServerContext, origin: string, host: string): boolean {
  return origin === `http://${host}` || origin === `https://${host}` || origins.has(origin);
}
