/**
 * Operations of messages (E9): send, receive, read, list, show; subscribe, unsubscribe, channels.
 * Who speaks is the session that is named, else `people`.
 */
import { z } from 'zod';
import { channelName, commandId, mailboxName, messageId, priority, sessionId, textOrObject } from '../ids.ts';
import { command, get, post, query } from '../operation.ts';
import { channelView, messageView, sentMessageView } from '../views/message-view.ts';

const speaker = sessionId.optional().describe('Who speaks; left out: people. A caller with a session credential must name its session.');
const limit = z.int().min(1).max(100).optional();
const unread = z.int().describe('Messages in the mailbox that are not read.');

const letter = {
  body: textOrObject.describe('Text or a JSON object, at most 16 KiB.'),
  subject: z.string().min(1).max(200).optional(),
  priority: priority.optional().describe('1 to 10; 10 is handed out first. Default 5.'),
  reply_to: messageId.optional().describe('A message that the speaker got or sent.'),
  session_id: speaker,
  command_id: commandId.optional(),
};

/** To one mailbox, or into a channel. A mailbox that is full of unread messages refuses one, and misses what is written into a channel. */
export const messageSend = command(
  'Send a message to a session or to people, or into a channel.',
  {
    input: z.union([
      z.strictObject({ to: mailboxName.describe('A session, or `people`.'), ...letter }),
      z.strictObject({ channel: channelName.describe('A channel somebody subscribed to, or `all`.'), ...letter }),
    ]),
    output: z.object({ message_id: messageId, thread: messageId, status: z.literal('queued'), recipients: z.int() }),
  },
  { role: 'worker', paths: [post('/message/send')], tool: 'send_message' },
);

/** Hands out unread messages, again and again until they are read: the most urgent first, then the oldest. */
export const messageReceive = command(
  'Receive unread messages; they are delivered, and stay unread until they are acknowledged.',
  {
    input: z.strictObject({ session_id: speaker, limit: limit.describe('Default 20.'), command_id: commandId.optional() }),
    output: z.object({ messages: z.array(messageView), unread }),
  },
  { role: 'worker', paths: [post('/message/receive')], tool: 'receive_messages' },
);

/** Repeating it is harmless. */
export const messageRead = command(
  'Acknowledge that messages are read.',
  {
    input: z.strictObject({ session_id: speaker, message_ids: z.array(messageId).min(1).max(100), command_id: commandId.optional() }),
    output: z.object({ messages: z.array(messageView), unread }),
  },
  { role: 'worker', paths: [post('/message/read')], tool: 'read_messages' },
);

/** Looks into a mailbox without changing anything; newest first. */
export const messageList = query(
  'Look into a mailbox; nothing counts as delivered by it.',
  {
    input: z.strictObject({
      mailbox: mailboxName.optional().describe('A session, or `people`, which is the default.'),
      unread: z.boolean().optional().describe('true: only unread ones.'),
      thread: messageId.optional(),
      cursor: z.string().max(512).optional(),
      limit,
    }),
    output: z.object({
      messages: z.array(messageView),
      unread,
      missed: z.int().describe('Messages of channels that found the mailbox full.'),
      next_cursor: z.string().nullable(),
    }),
  },
  { role: 'viewer', paths: [get('/message/list'), get('/api/messages')] },
);

/** A message and who has read it. */
export const messageShow = query(
  'Show one message and its receipts.',
  { input: z.strictObject({ message_id: messageId }), output: z.object({ message: sentMessageView }) },
  { role: 'viewer', paths: [get('/message/show')], tool: 'show_message' },
);

/** Everybody is in `all` anyway. */
export const messageSubscribe = command(
  'Subscribe to a channel: what is written into it comes into the mailbox.',
  {
    input: z.strictObject({ channel: channelName, session_id: speaker, command_id: commandId.optional() }),
    output: z.object({ channel: channelName, status: z.literal('subscribed') }),
  },
  { role: 'worker', paths: [post('/message/subscribe')], tool: 'subscribe_channel' },
);

/** A channel without subscribers is gone. */
export const messageUnsubscribe = command(
  'Unsubscribe from a channel.',
  {
    input: z.strictObject({ channel: channelName, session_id: speaker, command_id: commandId.optional() }),
    output: z.object({ channel: channelName, status: z.literal('unsubscribed') }),
  },
  { role: 'worker', paths: [post('/message/unsubscribe')], tool: 'unsubscribe_channel' },
);

/** Every channel, `all` first. */
export const messageChannels = query(
  'List channels.',
  {
    input: z.strictObject({
      mailbox: mailboxName.optional().describe('Whose subscriptions are marked; default `people`.'),
      cursor: z.string().max(512).optional(),
      limit: z.int().min(1).max(1000).optional(),
    }),
    output: z.object({ channels: z.array(channelView), next_cursor: z.string().nullable() }),
  },
  { role: 'viewer', paths: [get('/message/channels'), get('/api/channels')], tool: 'list_channels' },
);
