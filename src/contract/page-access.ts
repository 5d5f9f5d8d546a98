/**
 * How a browser page becomes somebody: a one-time ticket from the fragment of the URL, or a token that was typed in, is
 * exchanged for a cookie that no script can read. Which paths are pages of the dashboard is here too.
 */
import { z } from 'zod';
import { timestamp } from './ids.ts';
import { ROLES } from './roles.ts';

/** Where a caller with a token gets a ticket for its own role. */
export const PAGE_TICKET_PATH = '/page/ticket';
/** GET: who the page is; POST: become somebody. */
export const PAGE_SESSION_PATH = '/page/session';
/** Forgets who the page was. */
export const PAGE_SIGN_OUT_PATH = '/page/sign-out';
/** Name of the ticket in the fragment of the URL: fragments are never sent, so no log holds one. */
export const TICKET_FRAGMENT = 'ticket';

/** First parts of the paths that are pages; below `/s/{swarm}` too. A browser that navigates there gets the dashboard. */
export const PAGES = ['board', 'tasks', 'graph', 'sessions', 'inbox', 'messages', 'timeline', 'knowledge', 'metrics', 'settings'] as const;

/** A ticket: good once, for a minute. */
export const pageTicket = z.object({ ticket: z.string(), expires_at: timestamp });

/** What a page shows to become somebody: a ticket, or the token of a role. */
export const pageIntroduction = z.union([
  z.strictObject({ ticket: z.string().min(1).max(200) }),
  z.strictObject({ token: z.string().min(1).max(16_384) }),
]);

/** Who a page is, and what is here. */
export const pageSession = z.object({
  role: z.enum(ROLES),
  auth: z.boolean().describe('false: the server asks for no token.'),
  swarms: z.array(z.string()),
  instance: z.string(),
});
/** Who a page is, and what is here. */
export type PageSession = z.output<typeof pageSession>;
