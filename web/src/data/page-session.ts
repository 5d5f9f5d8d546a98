/**
 * Who this page is. A ticket in the fragment is exchanged at once and taken out of the address; nothing secret is kept in
 * reach of scripts.
 */
import {
  PAGE_SESSION_PATH,
  PAGE_SIGN_OUT_PATH,
  pageSession,
  type PageSession,
  TICKET_FRAGMENT,
} from '../../../src/contract/page-access.ts';
import type { Role } from '../../../src/contract/roles.ts';
import { ROLES } from '../../../src/contract/roles.ts';

/** How the question who we are ended. */
export type Arrival =
  | { readonly kind: 'known'; readonly session: PageSession }
  | { readonly kind: 'stranger'; readonly reason: string | null }
  | { readonly kind: 'unreachable'; readonly reason: string };

/** Finds out who this page is; spends the ticket of the address if there is one. */
export async function arrive(): Promise<Arrival> {
  const ticket = new URLSearchParams(location.hash.slice(1)).get(TICKET_FRAGMENT);
  if (ticket === null) return ask('GET', undefined);
  history.replaceState(history.state, '', location.pathname + location.search);
  const arrival = await ask('POST', { ticket });
  // A ticket is good once: after a reload the cookie of the first time speaks.
  return arrival.kind === 'stranger' ? ask('GET', undefined, 'The link has been used or is too old. Run tutti open again.') : arrival;
}

/** Signs in with the token of a role. */
export function signIn(token: string): Promise<Arrival> {
  return ask('POST', { token }, 'No such token. tutti token prints one.');
}

/** Forgets who this page was. */
export async function signOut(): Promise<void> {
  await fetch(PAGE_SIGN_OUT_PATH, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  location.reload();
}

/** True when `role` may do what `needed` may. */
export function mayDo(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

async function ask(method: 'GET' | 'POST', body: object | undefined, refusal: string | null = null): Promise<Arrival> {
  try {
    const response = await fetch(PAGE_SESSION_PATH, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    if (response.ok) return { kind: 'known', session: pageSession.parse(await response.json()) };
    if (response.status === 401) return { kind: 'stranger', reason: refusal };
    const problem = (await response.json()) as { readonly detail?: string };
    return { kind: 'unreachable', reason: problem.detail ?? `The server answered ${response.status}.` };
  } catch (error) {
    return { kind: 'unreachable', reason: error instanceof Error ? error.message : String(error) };
  }
}
