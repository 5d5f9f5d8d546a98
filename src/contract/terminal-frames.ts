/**
 * The frames of terminals on the WebSocket door. A viewer sends `watch` and gets `screen` frames, the first one full, until
 * `unwatched`. A host sends `offer` with the terminals it has, and again whenever they change; it gets an `order` for
 * what it is to do and answers each with `served`; of a terminal that is watched it sends `screen` frames.
 * Frames to a viewer that does not read are merged: what is behind gets the newest state of the lines that changed.
 */
import { z } from 'zod';
import { sessionId, timestamp } from './ids.ts';
import { problem } from './problem.ts';
import { screenChange, styledLine, TERMINAL_HISTORY, TERMINAL_INPUT, terminalScreen, terminalSize } from './views/terminal-view.ts';

/** Begins to watch a terminal. */
export const watchFrame = z.strictObject({ type: z.literal('watch'), session_id: sessionId });

/** Ends it. */
export const unwatchFrame = z.strictObject({ type: z.literal('unwatch'), session_id: sessionId });

/** What changed of a screen: from a host to the server, and from the server to who watches. */
export const screenFrame = screenChange.extend({ type: z.literal('screen') });
/** What changed of a screen. */
export type ScreenFrame = z.output<typeof screenFrame>;

/** A terminal that a host has. */
export const offeredTerminal = z.strictObject({ session_id: sessionId, pid: z.int(), started_at: timestamp });
/** A terminal that a host has. */
export type OfferedTerminal = z.output<typeof offeredTerminal>;

/** All the terminals that a host has now; role operator. Of two hosts that offer the same one the later counts. */
export const offerFrame = z.strictObject({
  type: z.literal('offer'),
  host: z.string().max(256),
  terminals: z.array(offeredTerminal).max(1000),
});

const orderNumber = z.int().positive();

/** How an order went. */
export const servedFrame = z.strictObject({
  type: z.literal('served'),
  order: orderNumber,
  screen: terminalScreen.optional(),
  history: z.array(styledLine).max(TERMINAL_HISTORY).optional(),
  error: z.string().max(1000).optional(),
});

/** What a host is to do with a terminal. */
export const orderFrame = z.object({
  type: z.literal('order'),
  order: orderNumber,
  session_id: sessionId,
  do: z.discriminatedUnion('what', [
    z.object({ what: z.literal('watch') }),
    z.object({ what: z.literal('unwatch') }),
    z.object({ what: z.literal('show'), history: z.int() }),
    z.object({ what: z.literal('input'), data: z.string().max(TERMINAL_INPUT) }),
    z.object({ what: z.literal('resize'), ...terminalSize }),
  ]),
});
/** What a host is to do with a terminal. */
export type OrderFrame = z.output<typeof orderFrame>;

/** The offer was taken. */
export const offeredFrame = z.object({ type: z.literal('offered'), terminals: z.int() });

/** A terminal is no longer watched; `error` says why when nobody asked for that. */
export const unwatchedFrame = z.object({ type: z.literal('unwatched'), session_id: sessionId, error: problem.optional() });
