/**
 * What the rules of messages refuse.
 */
import { EXIT, entry, type ErrorEntry } from './error-entry.ts';

/** What the rules of messages refuse. */
export const MESSAGE_ERRORS = {
  message_unknown: entry(
    404,
    EXIT.missing,
    'There is no message {message_id} in the mailbox of {mailbox}.',
    '`tutti message list` shows what is there, with --session that of a session; older messages are in `tutti event list --type message_sent`.',
  ),
  mailbox_full: entry(
    409,
    EXIT.conflict,
    'The mailbox of {mailbox} is full: {unread} messages are not read.',
    'Put what is not urgent into the knowledge base, and send it again once {mailbox} has read.',
  ),
  channel_empty: entry(404, EXIT.missing, 'Nobody else is in the channel {channel}.', '`tutti message channels` shows the channels.'),
  channel_full: entry(409, EXIT.conflict, 'The channel {channel} takes no more: {reason}.', 'Use another channel, or all.'),
} as const satisfies Record<string, ErrorEntry>;
