/**
 * Messages, receipts and channels as they are shown.
 */
import type { LogEvent } from '../contract/event.ts';
import { Failure } from '../contract/failure.ts';
import type { InputOf, OutputOf } from '../contract/operations.ts';
import type { MessageView, SentMessageView } from '../contract/views/message-view.ts';
import { RECEIVED_AT_ONCE } from '../domain/message/decide.ts';
import { contentOf, EVERYBODY, type Letter, type Mailbox, type Message, nextLetters, PEOPLE } from '../domain/message/state.ts';
import type { SwarmState } from '../domain/state.ts';
import { isoTime, isoTimeOrNull } from './time.ts';
import type { LogReader } from './view-context.ts';

const PAGE = 50;
const CHANNELS_AT_ONCE = 200;

/** What sending answers. */
export function answerSend(state: SwarmState, events: readonly LogEvent[]): OutputOf<'message.send'> {
  const sent = events.find((event) => event.type === 'message_sent');
  if (sent === undefined) throw new TypeError('a message was sent without an event');
  const recipients = sent.data.channel === undefined ? 1 : (state.messages.recent.get(sent.seq)?.letters.length ?? 0);
  return { message_id: sent.seq, thread: sent.data.thread ?? sent.seq, status: 'queued', recipients };
}

/** What receiving answers. */
export function answerReceive(mailbox: Mailbox | undefined, limit: number | undefined): OutputOf<'message.receive'> {
  return { messages: nextLetters(mailbox, limit ?? RECEIVED_AT_ONCE).map(showLetter), unread: mailbox?.unread.size ?? 0 };
}

/** What reading answers: the messages that are still there. */
export function answerRead(mailbox: Mailbox | undefined, ids: readonly number[]): OutputOf<'message.read'> {
  const letters = [...new Set(ids)].flatMap((id) => mailbox?.read.get(id) ?? []);
  return { messages: letters.map(showLetter), unread: mailbox?.unread.size ?? 0 };
}

/** A look into a mailbox, newest first. */
export function listMessages(state: SwarmState, input: InputOf<'message.list'>): OutputOf<'message.list'> {
  const mailbox = state.messages.mailboxes.get(mailboxNamed(state, input.mailbox));
  const before = input.cursor === undefined ? Infinity : numberOf(input.cursor);
  const limit = input.limit ?? PAGE;
  const letters = mailbox === undefined ? [] : [...mailbox.unread.values(), ...(input.unread === true ? [] : mailbox.read.values())];
  const found = letters
    .filter(({ message }) => message.id < before && (input.thread === undefined || message.thread === input.thread))
    .toSorted((a, b) => b.message.id - a.message.id);
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  return {
    messages: shown.map(showLetter),
    unread: mailbox?.unread.size ?? 0,
    missed: mailbox?.missed ?? 0,
    next_cursor: found.length > limit && last !== undefined ? String(last.message.id) : null,
  };
}

/** A message with its receipts; of one that has left memory only what the log says of it. */
export async function showMessage(state: SwarmState, id: number, log: LogReader): Promise<OutputOf<'message.show'>> {
  const message = state.messages.recent.get(id);
  if (message !== undefined) return { message: { ...showContent(message), receipts: message.letters.map(showReceipt) } };
  const event = id > state.seq ? null : await log.at(id);
  if (event?.type !== 'message_sent') throw new Failure('message_unknown', { message_id: id, mailbox: 'the swarm' });
  return { message: { ...showContent(contentOf(event)), receipts: null } };
}

/** Every channel, `all` first. */
export function listChannels(state: SwarmState, input: InputOf<'message.channels'>): OutputOf<'message.channels'> {
  const { channels, mailboxes } = state.messages;
  const own = mailboxes.get(mailboxNamed(state, input.mailbox))?.channels;
  const names = [...channels.keys()].toSorted();
  const from = input.cursor === undefined ? 0 : names.findIndex((name) => name > (input.cursor ?? ''));
  const limit = input.limit ?? CHANNELS_AT_ONCE;
  const shown = from < 0 ? [] : names.slice(from, from + limit);
  const { idle, busy, offline } = state.session_counts;
  const everybody = { channel: EVERYBODY, subscribers: idle + busy + offline + 1, subscribed: true };
  const listed = shown.map((channel) => ({
    channel,
    subscribers: channels.get(channel)?.size ?? 0,
    subscribed: own?.has(channel) === true,
  }));
  return {
    channels: input.cursor === undefined ? [everybody, ...listed] : listed,
    next_cursor: from >= 0 && from + limit < names.length ? (shown.at(-1) ?? null) : null,
  };
}

function mailboxNamed(state: SwarmState, name: string | undefined): string {
  const id = name ?? PEOPLE;
  if (id !== PEOPLE && !state.sessions.has(id)) throw new Failure('session_unknown', { session_id: id });
  return id;
}

function numberOf(cursor: string): number {
  if (!/^\d{1,15}$/.test(cursor)) throw new Failure('invalid_input', { issues: 'cursor: not a cursor of this list' });
  return Number(cursor);
}

/** A message in a mailbox as it is shown. */
export function showLetter(letter: Letter): MessageView {
  const { status, delivered_at, read_at } = showReceipt(letter);
  return { ...showContent(letter.message), status, delivered_at, read_at };
}

function showReceipt({ mailbox, delivered_at, read_at }: Letter): NonNullable<SentMessageView['receipts']>[number] {
  const status = read_at > 0 ? 'read' : delivered_at > 0 ? 'delivered' : 'queued';
  return { mailbox, status, delivered_at: isoTimeOrNull(delivered_at), read_at: isoTimeOrNull(read_at) };
}

function showContent(message: Omit<Message, 'letters' | 'bytes'>): Omit<SentMessageView, 'receipts'> {
  const { id, from, to, channel, priority, subject, body, reply_to, thread, sent_at } = message;
  return { message_id: id, from, to, channel, priority, subject, body, reply_to, thread, sent_at: isoTime(sent_at) };
}
