/**
 * Turns a call into an HTTP request: the first path of the operation, path parameters filled in, the rest in the query
 * of a GET or in a JSON body. A name that makes the path of another operation of it, as the task `list` does, goes
 * through the batch door, where names are no part of a path.
 */
import type { OperationName } from '../contract/operations.ts';
import { ROUTES, TAKEN_PATHS } from './operation-routes.ts';

/** A call as HTTP. */
export interface OperationRequest {
  readonly method: string;
  /** Path and query, to be put behind the server's address. */
  readonly target: string;
  readonly body: string | null;
  /** The answer is that of a batch of one. */
  readonly batched: boolean;
}

/** The request of a call; `swarm` null means the bare path, which is the token's own swarm. */
export function operationRequest(name: OperationName, input: Readonly<Record<string, unknown>>, swarm: string | null): OperationRequest {
  const route = ROUTES[name];
  const rest: Record<string, unknown> = { ...input };
  const path = route.path.replace(/\{(\w+)\}/g, (_whole, field: string) => {
    const value = plain(rest[field]);
    delete rest[field];
    return encodeURIComponent(value);
  });
  const before = swarm === null ? '' : `/s/${encodeURIComponent(swarm)}`;
  if (path !== route.path && TAKEN_PATHS.has(`${route.method} ${path}`)) {
    return { method: 'POST', target: `${before}/batch`, body: JSON.stringify({ calls: [{ operation: name, input }] }), batched: true };
  }
  const target = `${before}${path}`;
  if (route.method !== 'GET') return { method: route.method, target, body: JSON.stringify(rest), batched: false };
  const query = new URLSearchParams();
  for (const [field, value] of Object.entries(rest)) if (value !== undefined) query.set(field, plain(value));
  return { method: 'GET', target: query.size === 0 ? target : `${target}?${query.toString()}`, body: null, batched: false };
}

/** How long an input asks its answer to be kept back, in ms; what is no such number is the server's to refuse. */
export function waitOf(input: Readonly<Record<string, unknown>>): number {
  const seconds = Number(input['wait'] ?? 0);
  return seconds > 0 && Number.isFinite(seconds) ? seconds * 1000 : 0;
}

/** A field as text: strings as they are, everything else as JSON, which reads the same for numbers and booleans. */
function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
