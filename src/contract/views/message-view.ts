/**
 * A message, its receipts and a channel as they are shown (E9).
 */
import { z } from 'zod';
import { channelName, mailboxName, messageId, priority, textOrObject, timestamp } from '../ids.ts';

const status = z
  .enum(['queued', 'delivered', 'read'])
  .describe('queued: in the mailbox; delivered: handed out to its owner by message.receive; read: acknowledged by message.read.');

const content = {
  message_id: messageId,
  from: mailboxName,
  to: mailboxName.nullable(),
  channel: channelName.nullable(),
  priority,
  subject: z.string().nullable(),
  body: textOrObject,
  reply_to: messageId.nullable(),
  thread: messageId.describe('The first message of the conversation.'),
  sent_at: timestamp,
};

const receipt = { status, delivered_at: timestamp.nullable(), read_at: timestamp.nullable() };

/** A message in a mailbox. */
export const messageView = z.object({ ...content, ...receipt });
/** A message in a mailbox. */
export type MessageView = z.output<typeof messageView>;

/** A message as its sender sees it. */
export const sentMessageView = z.object({
  ...content,
  receipts: z
    .array(z.object({ mailbox: mailboxName, ...receipt }))
    .nullable()
    .describe('One per mailbox that got it; null when it was sent long ago and its receipts have left memory.'),
});
/** A message as its sender sees it. */
export type SentMessageView = z.output<typeof sentMessageView>;

/** A channel. */
export const channelView = z.object({
  channel: channelName,
  subscribers: z.int(),
  subscribed: z.boolean().describe('Whether the mailbox that was named gets what is written into it.'),
});
/** A channel. */
export type ChannelView = z.output<typeof channelView>;
