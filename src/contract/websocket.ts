/**
 * The frames of the WebSocket door (A10, B13): JSON objects, one per text frame, told apart by `type`.
 *
 * A connection that asks for nothing gets a status frame at once and every 2 s, and every event as it happens.
 * `?since=SEQ` starts the events after that one; `?topics=task,status` chooses others, `?topics=` none.
 * A `subscribe` frame adds a subscription. Terminals are watched by `watch`: terminal-frames.ts. The token comes as a bearer header, as the subprotocol
 * `tutti.bearer.{base64url of the token}` beside `tutti`, or in a `hello`, which then must be the first frame.
 *
 * Promises: calls of one frame are taken in order and answered in one frame; the events of a subscription come in order
 * and without a gap, or a `reset` says so; a status frame comes after the events it has counted.
 * Close codes: 1001 the server shuts down, 1009 the frame was far too large, 4001 no valid token, 4008 the reader was too slow.
 * The reason of 4008 is JSON, {journal, seq}: everything up to there was sent before.
 */
import { z } from 'zod';
import { batchCall, batchResult } from './batch.ts';
import { BATCH_BYTES, BATCH_CALLS } from './doors.ts';
import { sequence, sessionId, swarmName } from './ids.ts';
import { workRequest } from './operations/work-operations.ts';
import { type Problem, problem } from './problem.ts';
import {
  type offeredFrame,
  offerFrame,
  type OrderFrame,
  type ScreenFrame,
  screenFrame,
  servedFrame,
  type unwatchedFrame,
  unwatchFrame,
  watchFrame,
} from './terminal-frames.ts';
import { eventView } from './views/event-view.ts';
import { statusView } from './views/status-view.ts';

/** A subprotocol that starts with this carries the token, base64url-encoded: browsers can send no headers. */
export const BEARER_PROTOCOL = 'tutti.bearer.';
/** Largest frame a client may send, in bytes. */
export const FRAME_BYTES = BATCH_BYTES;
/** Name of the subscription that a connection has without asking. */
export const DEFAULT_SUBSCRIPTION = 'default';

/** Why the server closed a connection. */
export const CLOSE_CODES = { going_away: 1001, too_large: 1009, unauthenticated: 4001, too_slow: 4008 } as const;

const WORD = '[A-Za-z0-9][A-Za-z0-9._:@+-]{0,127}';

/** What a subscription is about. */
export const topic = z
  .string()
  .max(160)
  .regex(
    new RegExp(`^(status|events|task|session|knowledge|message|lock|inbox|swarm|(task|session|work|message|channel):${WORD})$`),
    'is not a topic',
  )
  .describe(
    'status: a status frame every 2 s; events: every event; task, session, knowledge, message, lock, inbox, swarm: events of that kind; ' +
      'task:ID: events of one task; session:ID: events that name this session; work:ID: what happens to the tasks it is given; ' +
      'message:ID: what comes into the mailbox of this session or of people; channel:NAME: what is written into a channel.',
  );
/** What a subscription is about. */
export type Topic = z.output<typeof topic>;

/** A place in the log of a swarm. */
export const feedCursor = z.object({
  swarm: swarmName,
  journal: z.string().max(128).describe('Identity of the log; another log cannot be resumed.'),
  seq: sequence,
});
/** A place in the log of a swarm. */
export type FeedCursor = z.output<typeof feedCursor>;

const frameId = z.union([z.string().max(128), z.number()]).describe('Chosen by the client; the answer repeats it.');
const subscriptionId = z.string().min(1).max(128).describe('Name of a subscription, chosen by the client.');
const credential = z.string().max(2048).describe('The session credential that register returned.');

/** Says who the client is. Needed when no token came with the connection; may come again to change the credential. */
const helloFrame = z.strictObject({
  type: z.literal('hello'),
  token: z.string().max(16_384).optional(),
  credential: credential.nullable().optional().describe('For all calls that carry none of their own.'),
  topics: z.array(topic).max(100).optional().describe('Instead of the default subscription; [] for none.'),
  since: z.union([sequence, feedCursor]).optional(),
});

/** Calls one operation; answered by a `result`. */
const callFrame = batchCall.extend({ type: z.literal('call'), id: frameId });

/** Calls several operations in order; answered by one `results`. */
const callsFrame = z.strictObject({
  type: z.literal('calls'),
  id: frameId,
  calls: z.array(batchCall).min(1).max(BATCH_CALLS),
});

/** Begins a subscription, or begins it anew with other topics. */
export const subscribeFrame = z.strictObject({
  type: z.literal('subscribe'),
  id: subscriptionId.default(DEFAULT_SUBSCRIPTION),
  topics: z.array(topic).min(1).max(100).default(['status', 'events']),
  since: z.union([sequence, feedCursor]).optional().describe('Events after this place; left out: from now on.'),
});

/** Ends a subscription. */
const unsubscribeFrame = z.strictObject({ type: z.literal('unsubscribe'), id: subscriptionId.default(DEFAULT_SUBSCRIPTION) });

/** A session's standing wish for work, until the connection ends or `wanted` is false. */
const workFrame = z.strictObject({
  type: z.literal('work'),
  session_id: sessionId,
  wanted: z.boolean().default(true),
  credential: credential.optional(),
});

/** Asks for a sign of life; answered by `pong`. The server pings by itself, with WebSocket control frames. */
const pingFrame = z.strictObject({ type: z.literal('ping'), id: frameId.optional() });

/** Every frame that a client may send, by its type. */
export const CLIENT_FRAMES = {
  hello: helloFrame,
  call: callFrame,
  calls: callsFrame,
  subscribe: subscribeFrame,
  unsubscribe: unsubscribeFrame,
  work: workFrame,
  watch: watchFrame,
  unwatch: unwatchFrame,
  offer: offerFrame,
  screen: screenFrame,
  served: servedFrame,
  ping: pingFrame,
} as const;
/** Type of a frame that a client may send. */
export type ClientFrameType = keyof typeof CLIENT_FRAMES;
/** A frame of one type, validated. */
export type ClientFrame<T extends ClientFrameType = ClientFrameType> = { [K in T]: z.output<(typeof CLIENT_FRAMES)[K]> }[T];

/** The answer to `hello`. */
export const welcomeFrame = z.object({
  type: z.literal('welcome'),
  cursor: feedCursor.describe('The last durable event.'),
  role: z.string(),
  heartbeat_seconds: z.number().describe('A connection that is silent for twice this long is dropped.'),
});
/** The answer to `call`. */
export const resultFrame = z.object({ type: z.literal('result'), id: frameId }).and(batchResult);
/** The answer to `calls`: one outcome per call, in their order. */
export const resultsFrame = z.object({ type: z.literal('results'), id: frameId, results: z.array(batchResult) });
/** The status (A9), at once and every 2 s. It comes after the events up to its `seq`. */
export const statusFrame = statusView.extend({ type: z.literal('status_update') });
/** Events of a subscription, in order. `seq` is the place after them: everything up to it was sent or did not match. */
export const eventsFrame = z.object({ type: z.literal('events'), subscription: subscriptionId, seq: sequence, events: z.array(eventView) });
/** A subscription begins; its events start after the cursor. */
export const subscribedFrame = z.object({ type: z.literal('subscribed'), subscription: subscriptionId, cursor: feedCursor });
/** A subscription cannot go on where it was asked to: what is known is void, the status and the cursor are the fresh start. */
export const resetFrame = z.object({
  type: z.literal('reset'),
  subscription: subscriptionId,
  reason: z.enum(['other_journal', 'ahead', 'too_old']),
  cursor: feedCursor,
  status: statusView,
});
/** A subscription has ended. */
export const unsubscribedFrame = z.object({ type: z.literal('unsubscribed'), subscription: subscriptionId });
/** A standing wish for work began or ended; `error` says why it ended without being asked to. */
export const workingFrame = z.object({
  type: z.literal('working'),
  session_id: sessionId,
  wanted: z.boolean(),
  error: problem.optional(),
});
/** Work for a session with a standing wish, as work.request would have answered. */
export const assignmentFrame = workRequest.output.extend({ type: z.literal('assignment'), session_id: sessionId });
/** The answer to `ping`. */
export const pongFrame = z.object({ type: z.literal('pong'), id: frameId.optional() });
/** A frame that could not be taken; the connection goes on. */
export const errorFrame = z.object({ type: z.literal('error'), id: frameId.optional(), error: problem });

/** Every frame that the server sends. */
export type ServerFrame =
  | z.output<typeof welcomeFrame>
  | z.output<typeof resultFrame>
  | z.output<typeof resultsFrame>
  | z.output<typeof statusFrame>
  | z.output<typeof eventsFrame>
  | z.output<typeof subscribedFrame>
  | z.output<typeof resetFrame>
  | z.output<typeof unsubscribedFrame>
  | (Omit<z.output<typeof workingFrame>, 'error'> & { readonly error?: Problem })
  | z.output<typeof assignmentFrame>
  | ScreenFrame
  | OrderFrame
  | z.output<typeof offeredFrame>
  | (Omit<z.output<typeof unwatchedFrame>, 'error'> & { readonly error?: Problem })
  | z.output<typeof pongFrame>
  | (Omit<z.output<typeof errorFrame>, 'error'> & { readonly error: Problem });
