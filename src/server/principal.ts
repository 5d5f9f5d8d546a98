/**
 * Finds out who calls: the role of the bearer token, and the session whose credential came along.
 * Invariant: what cannot be verified is refused, never ignored, also where no token is asked for.
 */
import { Failure } from '../contract/failure.ts';
import { ROLES, type Role } from '../contract/operation.ts';
import type { Caller } from '../contract/caller.ts';
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

/** Who sends these headers' values. Throws Failure `unauthenticated` or `credential_invalid`. */
export function principalOf(context: ServerContext, authorization: string | undefined, credential: string | undefined): Principal {
  const role = authorization === undefined ? roleWithoutToken(context) : roleOfToken(context, authorization);
  const principal = PRINCIPALS.get(role) as Principal;
  return credential === undefined ? principal : withCredential(context, principal, credential);
}

/** The same principal, speaking for a session. Throws Failure `credential_invalid`. */
export function withCredential(context: ServerContext, { role }: Principal, credential: string): Principal {
  const session = context.tokens.sessionOf(credential);
  if (session === null) throw new Failure('credential_invalid', { session_id: 'it names' });
  return { role, caller: { actor: `session:${session.session_id}`, credential: session }, swarm: session.swarm };
}

function roleWithoutToken({ auth }: ServerContext): Role {
  if (auth) throw new Failure('unauthenticated');
  return 'admin';
}

function roleOfToken({ tokens }: ServerContext, authorization: string): Role {
  const role = /^bearer /i.test(authorization) ? tokens.roleOf(authorization.slice('bearer '.length).trim()) : null;
  if (role === null) throw new Failure('unauthenticated');
  return role;
}
