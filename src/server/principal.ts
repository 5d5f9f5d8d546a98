/**
 * Finds out who calls: the role of the bearer token, and the session whose credential came along.
 * Invariant: what cannot be verified is refused, never ignored, also where no token is asked for.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { Failure } from '../contract/failure.ts';
import { ROLES, type Role } from '../contract/roles.ts';
import type { Caller } from '../contract/caller.ts';
import { admitChange } from './request-gate.ts';
import type { ServerContext } from './server-context.ts';

/** Who calls. */
export interface Principal {
  readonly role: Role;
  readonly caller: Caller;
  /** Swarm of the session credential, or null when there is none. */
  readonly swarm: string | null;
}

const PRINCIPALS: ReadonlyMap<Role, Principal> = new Map(
  ROLES.map((role) => [role, { role, caller: { actor: `role:${role}`, credential: null }, swarm: null }]),
);

/**
 * Who sends these headers. Throws Failure `unauthenticated`, `credential_invalid`, or `origin_refused` for a page of another
 * origin that has nothing but the cookie.
 */
export function principalOf(context: ServerContext, headers: IncomingHttpHeaders): Principal {
  const { authorization } = headers;
  const role = authorization === undefined ? roleWithoutToken(context, headers) : roleOfToken(context, authorization);
  const principal = PRINCIPALS.get(role) as Principal;
  const credential = headers['tutti-session'];
  if (credential === undefined) return principal;
  return withCredential(context, principal, Array.isArray(credential) ? credential.join(', ') : credential);
}

/** The same principal, speaking for a session. Throws Failure `credential_invalid`. */
export function withCredential(context: ServerContext, { role }: Principal, credential: string): Principal {
  const session = context.tokens.sessionOf(credential);
  if (session === null) throw new Failure('credential_invalid', { session_id: 'it names' });
  return { role, caller: { actor: `session:${session.session_id}`, credential: session }, swarm: session.swarm };
}

function roleWithoutToken(context: ServerContext, headers: IncomingHttpHeaders): Role {
  if (!context.auth) return 'admin';
  const role = context.pages.roleOf(headers, Date.now());
  if (role === null) throw new Failure('unauthenticated');
  admitChange(context, headers);
  return role;
}

function roleOfToken({ tokens }: ServerContext, authorization: string): Role {
  const role = /^bearer /i.test(authorization) ? tokens.roleOf(authorization.slice('bearer '.length).trim()) : null;
  if (role === null) throw new Failure('unauthenticated');
  return role;
}
