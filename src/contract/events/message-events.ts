/**
 * Events of messages. The sequence number of message_sent is the id of the message.
 */
import { z } from 'zod';
import { channelName, mailboxName, messageId, priority, textOrObject } from '../ids.ts';

/** Somebody wrote: to one mailbox, or into a channel. */
export const messageSent = z.object({
  /** A session, or `people`. */
  from: mailboxName,
  to: mailboxName.optional(),
  channel: channelName.optional(),
  /** Who is in the channel now; left out for `all`, which is everybody who is there. */
  recipients: z.array(mailboxName).optional(),
  priority,
  subject: z.string().optional(),
  body: textOrObject,
  reply_to: messageId.optional(),
  /** The first message of the conversation; left out by the first one itself. */
  thread: messageId.optional(),
});

/** Messages were handed out to the owner of a mailbox. */
export const messagesDelivered = z.object({ mailbox: mailboxName, message_ids: z.array(messageId) });

/** The owner of a mailbox acknowledged that these are read. */
export const messagesRead = z.object({ mailbox: mailboxName, message_ids: z.array(messageId) });

/** A mailbox gets what is written into a channel. */
export const channelJoined = z.object({ mailbox: mailboxName, channel: channelName });

/** A mailbox gets it no more. */
export const channelLeft = z.object({ mailbox: mailboxName, channel: channelName });
