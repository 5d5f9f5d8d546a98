/**
 * What the rules know of messages: a mailbox per session and one for people, channels, and the newest messages with
 * their receipts.
 *
 * A letter is one message in one mailbox: queued → delivered → read. Delivered means handed out in an answer to its
 * owner; read means that the owner said so.
 * Bounds: a mailbox holds 500 letters and 256 KiB of bodies; the letter that was read first leaves first. Full of unread
 * letters, it refuses a message to it alone and misses (and counts) one of a channel. Receipts are kept for the newest
 * 2,000 messages and 16 MiB. A mailbox lasts as long as its session is known; the log keeps everything.
 */
import type { EventOf } from '../../contract/event.ts';
import type { Json } from '../../contract/ids.ts';

/** Letters a mailbox holds. */
export const MAILBOX_LETTERS = 500;
/** Bytes of bodies a mailbox holds. */
export const MAILBOX_BYTES = 262_144;
/** Channels there may be, and mailboxes in each. */
export const CHANNELS = 1000;
/** Mailboxes that may subscribe to one channel: all are named in the event of a message. */
export const SUBSCRIBERS = 1000;
/** Largest body of a message, in bytes of JSON. */
export const MESSAGE_BYTES = 16_384;
/** Everybody who does not speak for a session. */
export const PEOPLE = 'people';
/** The channel that everybody is in. */
export const EVERYBODY = 'all';

const RECENT_MESSAGES = 2000;
const RECENT_BYTES = 16 * 1_048_576;

/** What somebody wrote. Times are ms since 1970. */
export interface MessageContent {
  readonly id: number;
  readonly from: string;
  readonly to: string | null;
  readonly channel: string | null;
  readonly priority: number;
  readonly subject: string | null;
  readonly body: Json;
  readonly reply_to: number | null;
  readonly thread: number;
  readonly sent_at: number;
}

/** A message as it is kept. */
export interface Message extends MessageContent {
  readonly bytes: number;
  /** One per mailbox that got it. */
  readonly letters: Letter[];
}

/** A message in a mailbox; a time of 0 means not yet. */
export interface Letter {
  readonly mailbox: string;
  readonly message: Message;
  delivered_at: number;
  read_at: number;
}

/** The letters of one session, or of people. */
export interface Mailbox {
  readonly id: string;
  /** By message, the oldest first. */
  readonly unread: Map<number, Letter>;
  /** By message, the one that was read first first. */
  readonly read: Map<number, Letter>;
  unread_bytes: number;
  read_bytes: number;
  /** Messages of channels that found it full. */
  missed: number;
  readonly channels: Set<string>;
}

/** All messages in memory. */
export interface Messages {
  readonly mailboxes: Map<string, Mailbox>;
  /** Channel → mailboxes that subscribed to it. */
  readonly channels: Map<string, Set<string>>;
  /** The newest messages, the oldest of them first. */
  readonly recent: Map<number, Message>;
  recent_bytes: number;
}

/** What stands in the event of a message. */
export function contentOf({ seq, time, data }: EventOf<'message_sent'>): MessageContent {
  const { from, to = null, channel = null, priority, subject = null, body, reply_to = null, thread = seq } = data;
  return { id: seq, from, to, channel, priority, subject, body, reply_to, thread, sent_at: time };
}

/** No messages. */
export function createMessages(): Messages {
  return { mailboxes: new Map(), channels: new Map(), recent: new Map(), recent_bytes: 0 };
}

/** A mailbox, made when it is not there. */
export function mailboxOf(messages: Messages, id: string): Mailbox {
  let mailbox = messages.mailboxes.get(id);
  if (mailbox === undefined) {
    mailbox = { id, unread: new Map(), read: new Map(), unread_bytes: 0, read_bytes: 0, missed: 0, channels: new Set() };
    messages.mailboxes.set(id, mailbox);
  }
  return mailbox;
}

/** Unread messages of a session. */
export function unreadOf(messages: Messages, id: string): number {
  return messages.mailboxes.get(id)?.unread.size ?? 0;
}

/** True when a mailbox has room for a body of so many bytes, once what was read has left. */
export function hasRoom(mailbox: Mailbox | undefined, bytes: number): boolean {
  return mailbox === undefined || (mailbox.unread.size < MAILBOX_LETTERS && mailbox.unread_bytes + bytes <= MAILBOX_BYTES);
}

/** A message that a mailbox holds, or that its owner sent lately. */
export function knownMessage(messages: Messages, owner: string, id: number): Message | null {
  const mailbox = messages.mailboxes.get(owner);
  const letter = mailbox?.unread.get(id) ?? mailbox?.read.get(id);
  if (letter !== undefined) return letter.message;
  const sent = messages.recent.get(id);
  return sent?.from === owner ? sent : null;
}

/** The unread letters that are handed out next: the most urgent first, then the oldest. */
export function nextLetters(mailbox: Mailbox | undefined, limit: number): Letter[] {
  if (mailbox === undefined) return [];
  return Array.from(mailbox.unread.values())
    .toSorted((a, b) => b.message.priority - a.message.priority || a.message.id - b.message.id)
    .slice(0, limit);
}

/** Puts a message into a mailbox; what was read first makes room. A mailbox without room misses it. */
export function post(messages: Messages, id: string, message: Message): void {
  const mailbox = mailboxOf(messages, id);
  if (!hasRoom(mailbox, message.bytes)) {
    mailbox.missed += 1;
    return;
  }
  const letter: Letter = { mailbox: id, message, delivered_at: 0, read_at: 0 };
  mailbox.unread.set(message.id, letter);
  mailbox.unread_bytes += message.bytes;
  message.letters.push(letter);
  dropRead(mailbox);
}

/** Keeps a message for its receipts; the oldest ones leave. */
export function remember(messages: Messages, message: Message): void {
  messages.recent.set(message.id, message);
  messages.recent_bytes += message.bytes;
  for (const [id, { bytes }] of messages.recent) {
    if (messages.recent.size <= RECENT_MESSAGES && messages.recent_bytes <= RECENT_BYTES) return;
    messages.recent.delete(id);
    messages.recent_bytes -= bytes;
  }
}

/** Moves a letter to those that were read. */
export function markRead(mailbox: Mailbox, letter: Letter, time: number): void {
  const { id, bytes } = letter.message;
  if (letter.delivered_at === 0) letter.delivered_at = time;
  letter.read_at = time;
  mailbox.unread.delete(id);
  mailbox.unread_bytes -= bytes;
  mailbox.read.set(id, letter);
  mailbox.read_bytes += bytes;
}

/** A mailbox leaves a channel; a channel without subscribers is gone. */
export function leaveChannel(messages: Messages, mailbox: Mailbox, channel: string): void {
  mailbox.channels.delete(channel);
  const subscribers = messages.channels.get(channel);
  subscribers?.delete(mailbox.id);
  if (subscribers?.size === 0) messages.channels.delete(channel);
}

/** Forgets a mailbox with all its letters: its session is known no more. */
export function closeMailbox(messages: Messages, id: string): void {
  const mailbox = messages.mailboxes.get(id);
  if (mailbox === undefined) return;
  for (const channel of mailbox.channels) leaveChannel(messages, mailbox, channel);
  messages.mailboxes.delete(id);
}

function dropRead(mailbox: Mailbox): void {
  for (const [id, { message }] of mailbox.read) {
    const letters = mailbox.unread.size + mailbox.read.size;
    if (letters <= MAILBOX_LETTERS && mailbox.unread_bytes + mailbox.read_bytes <= MAILBOX_BYTES) return;
    mailbox.read.delete(id);
    mailbox.read_bytes -= message.bytes;
  }
}
