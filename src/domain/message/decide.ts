/**
 * The rules of messages (E9): send, receive, read, subscribe, unsubscribe.
 */
import type { EventData, Fact } from '../../contract/event.ts';
import type { Refusal } from '../../contract/failure.ts';
import type { InputOf } from '../../contract/operations.ts';
import { type DecideContext, NOTHING, type Rule } from '../decision.ts';
import { isRefused, refusal } from '../refuse.ts';
import { liveSession, returnOf } from '../session/live-session.ts';
import { isMember } from '../session/state.ts';
import type { SwarmState } from '../state.ts';
import { jsonBytes } from '../task/json-size.ts';
import {
  CHANNELS,
  EVERYBODY,
  hasRoom,
  knownMessage,
  type Mailbox,
  type Message,
  MESSAGE_BYTES,
  nextLetters,
  PEOPLE,
  SUBSCRIBERS,
} from './state.ts';

/** Letters handed out at once, when nothing else is said. */
export const RECEIVED_AT_ONCE = 20;
const DEFAULT_PRIORITY = 5;

/** A message to one mailbox or into a channel. */
export const sendRule: Rule<'message.send'> = {
  decide: (state, input, context) => {
    const speaker = speakerOf(state, input.session_id, context);
    if (isRefused(speaker)) return speaker;
    const bytes = jsonBytes(input.body, MESSAGE_BYTES);
    if (bytes > MESSAGE_BYTES) return refusal('event_too_large', { bytes, limit: MESSAGE_BYTES });
    const answered = input.reply_to === undefined ? null : knownMessage(state.messages, speaker.id, input.reply_to);
    if (input.reply_to !== undefined && answered === null) return unknown(input.reply_to, speaker.id);
    const address = 'to' in input ? directAddress(state, input.to, bytes) : channelAddress(state, input.channel, speaker.id);
    if (isRefused(address)) return address;
    return [...speaker.facts, { type: 'message_sent', data: sentData(speaker.id, address, input, answered) }];
  },
};

/** Marks what is handed out now for the first time. */
export const receiveRule: Rule<'message.receive'> = {
  decide: (state, input, context) => {
    const speaker = speakerOf(state, input.session_id, context);
    if (isRefused(speaker)) return speaker;
    const letters = nextLetters(state.messages.mailboxes.get(speaker.id), input.limit ?? RECEIVED_AT_ONCE);
    const fresh = letters.flatMap(({ delivered_at, message }) => (delivered_at === 0 ? [message.id] : []));
    if (fresh.length === 0) return speaker.facts;
    return [...speaker.facts, { type: 'messages_delivered', data: { mailbox: speaker.id, message_ids: fresh } }];
  },
};

/** Marks as read what is not read yet. */
export const readRule: Rule<'message.read'> = {
  decide: (state, input, context) => {
    const speaker = speakerOf(state, input.session_id, context);
    if (isRefused(speaker)) return speaker;
    const mailbox = state.messages.mailboxes.get(speaker.id);
    const fresh = new Set<number>();
    for (const id of input.message_ids) {
      if (mailbox?.unread.has(id) === true) fresh.add(id);
      else if (mailbox?.read.has(id) !== true) return unknown(id, speaker.id);
    }
    if (fresh.size === 0) return speaker.facts;
    return [...speaker.facts, { type: 'messages_read', data: { mailbox: speaker.id, message_ids: [...fresh] } }];
  },
};

/** Subscribing again changes nothing. */
export const subscribeRule: Rule<'message.subscribe'> = {
  decide: (state, input, context) => {
    const speaker = speakerOf(state, input.session_id, context);
    if (isRefused(speaker)) return speaker;
    const { channel } = input;
    const { channels, mailboxes } = state.messages;
    const own = mailboxes.get(speaker.id)?.channels;
    if (channel === EVERYBODY || own?.has(channel) === true) return speaker.facts;
    const subscribers = channels.get(channel);
    if ((subscribers?.size ?? 0) >= SUBSCRIBERS) return refusal('channel_full', { channel, reason: `it has ${SUBSCRIBERS} subscribers` });
    if (subscribers === undefined && channels.size >= CHANNELS)
      return refusal('channel_full', { channel, reason: `there are ${CHANNELS} other channels` });
    return [...speaker.facts, { type: 'channel_joined', data: { mailbox: speaker.id, channel } }];
  },
};

/** Leaving a channel that one is not in changes nothing. */
export const unsubscribeRule: Rule<'message.unsubscribe'> = {
  decide: (state, input, context) => {
    const speaker = speakerOf(state, input.session_id, context);
    if (isRefused(speaker)) return speaker;
    const { channel } = input;
    if (channel === EVERYBODY) return refusal('invalid_input', { issues: `channel: everybody is in ${EVERYBODY}` });
    if (state.messages.mailboxes.get(speaker.id)?.channels.has(channel) !== true) return speaker.facts;
    return [...speaker.facts, { type: 'channel_left', data: { mailbox: speaker.id, channel } }];
  },
};

interface Speaker {
  readonly id: string;
  /** That an offline session was heard of again. */
  readonly facts: readonly Fact[];
}

/** Who speaks: the session that is named, else people. Who proves to be a session must name it, so that nobody speaks for people by mistake. */
function speakerOf(state: SwarmState, named: string | undefined, { caller }: DecideContext): Speaker | Refusal {
  if (named === undefined)
    return caller.credential === null ? { id: PEOPLE, facts: NOTHING } : refusal('credential_invalid', { session_id: PEOPLE });
  const session = liveSession(state, named, caller);
  return isRefused(session) ? session : { id: named, facts: returnOf(session) };
}

type Address = Pick<EventData<'message_sent'>, 'to' | 'channel' | 'recipients'>;

function directAddress(state: SwarmState, to: string, bytes: number): Address | Refusal {
  const session = state.sessions.get(to);
  if (to !== PEOPLE && session === undefined) return refusal('session_unknown', { session_id: to });
  if (to !== PEOPLE && session !== undefined && !isMember(session)) return refusal('session_ended', { session_id: to });
  const mailbox: Mailbox | undefined = state.messages.mailboxes.get(to);
  return hasRoom(mailbox, bytes) ? { to } : refusal('mailbox_full', { mailbox: to, unread: mailbox?.unread.size ?? 0 });
}

function channelAddress(state: SwarmState, channel: string, from: string): Address | Refusal {
  if (channel === EVERYBODY) return { channel };
  const recipients = Array.from(state.messages.channels.get(channel) ?? []).filter((id) => id !== from && gets(state, id));
  return recipients.length === 0 ? refusal('channel_empty', { channel }) : { channel, recipients };
}

/** A session that has left finds what came before when it comes back, but gets nothing in the meantime. */
function gets(state: SwarmState, mailbox: string): boolean {
  const session = state.sessions.get(mailbox);
  return mailbox === PEOPLE || (session !== undefined && isMember(session));
}

function sentData(
  from: string,
  address: Address,
  { body, subject, priority, reply_to }: InputOf<'message.send'>,
  answered: Message | null,
): EventData<'message_sent'> {
  return {
    from,
    ...address,
    priority: priority ?? DEFAULT_PRIORITY,
    ...(subject === undefined ? {} : { subject }),
    body,
    ...(reply_to === undefined || answered === null ? {} : { reply_to, thread: answered.thread }),
  };
}

function unknown(id: number, mailbox: string): Refusal {
  return refusal('message_unknown', { message_id: id, mailbox });
}
