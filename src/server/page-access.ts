/**
 * Owns how a browser page becomes somebody: tickets that are good once, and the cookie that follows from one.
 * Invariant: a cookie alone never acts for a page of another origin, not even one on another port of this machine.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { AccessTokens } from '../config/access-tokens.ts';
import type { Role } from '../contract/roles.ts';

const TICKET_MS = 60_000;
const TICKETS_AT_MOST = 1000;
const SESSION_MS = 30 * 86_400_000;

/** Tickets and cookies of one server. */
export class PageAccess {
  readonly #tokens: AccessTokens;
  readonly #tickets = new Map<string, { readonly role: Role; readonly expires_at: number }>();

  constructor(tokens: AccessTokens) {
    this.#tokens = tokens;
  }

  /** A ticket for this role. */
  issueTicket(role: Role, now: number): { readonly ticket: string; readonly expires_at: string } {
    const ticket = randomBytes(32).toString('base64url');
    const expires = now + TICKET_MS;
    this.#tickets.set(ticket, { role, expires_at: expires });
    const [oldest] = this.#tickets.size > TICKETS_AT_MOST ? this.#tickets.keys() : [];
    if (oldest !== undefined) this.#tickets.delete(oldest);
    return { ticket, expires_at: new Date(expires).toISOString() };
  }

  /** The role of a ticket, which is used up by this; null when there is no such ticket any more. */
  redeem(ticket: string, now: number): Role | null {
    const found = this.#tickets.get(ticket);
    this.#tickets.delete(ticket);
    return found !== undefined && found.expires_at > now ? found.role : null;
  }

  /** The header that makes a browser remember who it is; `host` is the Host header, whose port keeps servers apart. */
  cookieFor(role: Role, host: string, now: number): string {
    const value = this.#tokens.pageSessionOf(role, now + SESSION_MS);
    return `${cookieName(host)}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${SESSION_MS / 1000}`;
  }

  /** The header that makes a browser forget it. */
  forget(host: string): string {
    return `${cookieName(host)}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0`;
  }

  /** The role of the cookie among these headers, or null when none is valid. */
  roleOf({ cookie, host = '' }: IncomingHttpHeaders, now: number): Role | null {
    const name = `${cookieName(host)}=`;
    const value = cookie
      ?.split(';')
      .map((each) => each.trim())
      .find((each) => each.startsWith(name))
      ?.slice(name.length);
    return value === undefined ? null : this.#tokens.roleOfPageSession(value, now);
  }
}

/** Cookies do not know ports, servers do. */
function cookieName(host: string): string {
  return `tutti_page_${/:(\d+)$/.exec(host)?.[1] ?? '0'}`;
}
