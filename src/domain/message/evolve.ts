/**
 * What the events of messages do to the state.
 */
import type { EventOf } from '../../contract/event.ts';
import { isMember } from '../session/state.ts';
import type { SwarmState } from '../state.ts';
import { jsonBytes } from '../task/json-size.ts';
import { contentOf, EVERYBODY, leaveChannel, mailboxOf, markRead, type Message, MESSAGE_BYTES, PEOPLE, post, remember } from './state.ts';

/** Somebody wrote. */
export function onMessageSent(state: SwarmState, event: EventOf<'message_sent'>): void {
  const { from, to, channel, recipients, body } = event.data;
  const message: Message = { ...contentOf(event), bytes: jsonBytes(body, MESSAGE_BYTES), letters: [] };
  if (to !== undefined) post(state.messages, to, message);
  else for (const id of channel === EVERYBODY ? everybodyBut(state, from) : (recipients ?? [])) post(state.messages, id, message);
  remember(state.messages, message);
}

/** Messages were handed out. */
export function onMessagesDelivered({ messages }: SwarmState, event: EventOf<'messages_delivered'>): void {
  const mailbox = mailboxOf(messages, event.data.mailbox);
  for (const id of event.data.message_ids) {
    const letter = mailbox.unread.get(id);
    if (letter !== undefined) letter.delivered_at = event.time;
  }
}

/** Messages were read. */
export function onMessagesRead({ messages }: SwarmState, event: EventOf<'messages_read'>): void {
  const mailbox = mailboxOf(messages, event.data.mailbox);
  for (const id of event.data.message_ids) {
    const letter = mailbox.unread.get(id);
    if (letter !== undefined) markRead(mailbox, letter, event.time);
  }
}

/** A mailbox joined a channel. */
export function onChannelJoined({ messages }: SwarmState, event: EventOf<'channel_joined'>): void {
  const { mailbox, channel } = event.data;
  mailboxOf(messages, mailbox).channels.add(channel);
  const subscribers = messages.channels.get(channel);
  if (subscribers === undefined) messages.channels.set(channel, new Set([mailbox]));
  else subscribers.add(mailbox);
}

/** A mailbox left a channel. */
export function onChannelLeft({ messages }: SwarmState, event: EventOf<'channel_left'>): void {
  leaveChannel(messages, mailboxOf(messages, event.data.mailbox), event.data.channel);
}

function* everybodyBut(state: SwarmState, from: string): Generator<string> {
  if (from !== PEOPLE) yield PEOPLE;
  for (const session of state.sessions.values()) if (session.id !== from && session.id !== PEOPLE && isMember(session)) yield session.id;
}
