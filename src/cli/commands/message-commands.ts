/**
 * The commands on messages: send, list, receive, read, show, channels, subscribe, unsubscribe.
 */
import type { ChannelView, SentMessageView } from '../../contract/views/message-view.ts';
import type { CliArgument, CliCommand, CliOption } from '../command.ts';
import { operationCommand } from '../operation-command.ts';
import { cleanLine } from '../output/clean-text.ts';
import { messageColumns, messageText } from '../output/message-text.ts';
import { type Column, table } from '../output/table.ts';
import { ago, counted } from '../output/words.ts';
import { asCount, asTextOrJson } from '../read-values.ts';

const LIST_LIMIT = 50;
const IDS: CliArgument = { field: 'message_ids', shown: 'message', description: 'Id of a message.', variadic: true };
const CHANNEL: CliArgument = { field: 'channel', shown: 'channel', description: 'Name of the channel.' };
const SPEAKER: CliOption = { flags: '--session <id>', description: 'Speak for this session; left out: for people.', field: 'session_id' };

/** tutti message send */
const messageSend = operationCommand({
  path: 'message send',
  summary: 'Send a message to a session or to people, or into a channel.',
  doing: 'send the message',
  operation: 'message.send',
  args: [{ field: 'body', shown: 'text', description: 'Text, JSON, or @FILE.' }],
  options: [
    { flags: '--to <session>', description: 'A session, or people.', common: true },
    { flags: '--channel <name>', description: 'A channel in place of --to; all reaches everybody.', common: true },
    { flags: '--subject <text>', description: 'What it is about.' },
    { flags: '-p, --priority <n>', description: '1 to 10; 10 is handed out first; default 5.', read: asCount },
    { flags: '--reply-to <message>', description: 'The message it answers.', read: asCount },
    SPEAKER,
  ],
  examples: [
    { run: 'tutti message send "Please look at build-001" --to w1', says: 'To one session' },
    { run: 'tutti message send "main is frozen" --channel all --priority 10', says: 'To everybody, before anything else' },
    { run: 'tutti message send "Done" --session w1 --to people --reply-to 42', says: 'An answer, for a session' },
  ],
  input: ({ body, ...values }) => ({ ...values, body: asTextOrJson(String(body), 'text') }),
  print: ({ output }, { terminal }) => terminal.print(`Message ${output.message_id} waits for ${counted(output.recipients, 'reader')}.`),
});

/** tutti message list */
const messageList = operationCommand({
  path: 'message list',
  summary: 'Look into a mailbox, newest first; nothing counts as delivered by it.',
  doing: 'list the messages',
  operation: 'message.list',
  options: [
    { flags: '--session <id>', description: "This session's mailbox; default: that of people.", field: 'mailbox', common: true },
    { flags: '--unread', description: 'Only unread ones.', common: true },
    { flags: '--thread <message>', description: 'Only this conversation, by its first message.', read: asCount },
    { flags: '--limit <n>', description: `At most so many; default ${LIST_LIMIT}, at most 100.`, read: asCount },
    { flags: '--cursor <cursor>', description: 'The next page, as an earlier list named it.' },
  ],
  examples: [
    { run: 'tutti message list --unread', says: 'What sessions want from people' },
    { run: 'tutti message list --session w1', says: 'What a session was told' },
    { run: 'tutti message list --json | jq .unread', says: 'How many are not read' },
  ],
  input: (values) => ({ limit: LIST_LIMIT, ...values }),
  print: ({ output }, { terminal, now }) => {
    if (output.messages.length === 0) terminal.say('No messages.');
    else terminal.print(...table(output.messages, messageColumns(now()), terminal));
    if (output.missed > 0) terminal.say(`${counted(output.missed, 'message')} of channels found this mailbox full.`);
    if (output.next_cursor !== null) terminal.say(`More: tutti message list --cursor ${cleanLine(output.next_cursor)}`);
  },
});

/** tutti message receive */
const messageReceive = operationCommand({
  path: 'message receive',
  summary: 'Hand out unread messages, the most urgent first; they stay unread until `message read`.',
  doing: 'receive the messages',
  operation: 'message.receive',
  options: [SPEAKER, { flags: '--limit <n>', description: 'At most so many; default 20, at most 100.', read: asCount }],
  examples: [
    { run: 'tutti message receive --session w1', says: 'What a session should read now' },
    { run: 'tutti message receive', says: 'What people should read now' },
    { run: 'tutti message receive --session w1 --limit 1 --json', says: 'The most urgent one, for a program' },
  ],
  print: ({ output, values }, { terminal, now }) => {
    for (const message of output.messages) terminal.print(...messageText(message, terminal, now()), '');
    const ids = output.messages.map(({ message_id }) => message_id).join(' ');
    const { session_id } = values;
    const speaker = typeof session_id === 'string' ? ` --session ${cleanLine(session_id)}` : '';
    terminal.say(ids === '' ? 'No unread messages.' : `Acknowledge with: tutti message read ${ids}${speaker}`);
  },
});

/** tutti message read */
const messageRead = operationCommand({
  path: 'message read',
  summary: 'Read messages, and acknowledge that they are read.',
  doing: 'read the messages',
  operation: 'message.read',
  args: [IDS],
  options: [SPEAKER],
  examples: [
    { run: 'tutti message read 42', says: 'One message to people' },
    { run: 'tutti message read 42 43 --session w1', says: 'Two, for a session' },
    { run: 'tutti message list --unread', says: 'What is not read' },
  ],
  input: ({ message_ids, ...values }) => ({ ...values, message_ids: (message_ids as string[]).map((id) => asCount(id, 'message')) }),
  print: ({ output }, { terminal, now }) => {
    for (const message of output.messages) terminal.print(...messageText(message, terminal, now()), '');
    terminal.say(output.unread === 0 ? 'All messages are read.' : `${counted(output.unread, 'message')} not read.`);
  },
});

/** tutti message show */
const messageShow = operationCommand({
  path: 'message show',
  summary: 'Show one message and who has got and read it.',
  doing: 'show the message',
  operation: 'message.show',
  args: [{ field: 'message_id', shown: 'message', description: 'Id of the message.' }],
  examples: [
    { run: 'tutti message show 42', says: 'The message and its receipts' },
    { run: 'tutti message show 42 --json', says: 'The same for a program' },
    { run: 'tutti event list --type message_sent', says: 'Every message' },
  ],
  input: ({ message_id }) => ({ message_id: asCount(String(message_id), 'message') }),
  print: ({ output: { message } }, { terminal, now }) => {
    terminal.print(...messageText(message, terminal, now()));
    if (message.receipts === null) terminal.say('Its receipts have left memory.');
    else terminal.print('', ...table(message.receipts, receiptColumns(now()), terminal));
  },
});

/** tutti message channels */
const messageChannels = operationCommand({
  path: 'message channels',
  summary: 'List channels.',
  doing: 'list the channels',
  operation: 'message.channels',
  options: [
    { flags: '--session <id>', description: 'Whose subscriptions are marked; default: those of people.', field: 'mailbox' },
    { flags: '--limit <n>', description: 'At most so many; default 200, at most 1000.', read: asCount },
    { flags: '--cursor <cursor>', description: 'The next page, as an earlier list named it.' },
  ],
  examples: [
    { run: 'tutti message channels', says: 'Every channel' },
    { run: 'tutti message channels --session w1', says: 'With the subscriptions of a session' },
    { run: 'tutti message channels --json', says: 'The same for a program' },
  ],
  print: ({ output }, { terminal }) => {
    terminal.print(...table(output.channels, CHANNEL_COLUMNS, terminal));
    if (output.next_cursor !== null) terminal.say(`More: tutti message channels --cursor ${cleanLine(output.next_cursor)}`);
  },
});

/** tutti message subscribe */
const messageSubscribe = operationCommand({
  path: 'message subscribe',
  summary: 'Subscribe to a channel: what is written into it comes into the mailbox.',
  doing: 'subscribe to the channel',
  operation: 'message.subscribe',
  args: [CHANNEL],
  options: [SPEAKER],
  examples: [
    { run: 'tutti message subscribe builds --session w1', says: 'For a session' },
    { run: 'tutti message subscribe builds', says: 'For people' },
    { run: 'tutti message channels', says: 'Which channels there are' },
  ],
  print: ({ output }, { terminal }) => terminal.print(`Subscribed to ${cleanLine(output.channel)}.`),
});

/** tutti message unsubscribe */
const messageUnsubscribe = operationCommand({
  path: 'message unsubscribe',
  summary: 'Unsubscribe from a channel.',
  doing: 'unsubscribe from the channel',
  operation: 'message.unsubscribe',
  args: [CHANNEL],
  options: [SPEAKER],
  examples: [
    { run: 'tutti message unsubscribe builds --session w1', says: 'For a session' },
    { run: 'tutti message unsubscribe builds', says: 'For people' },
    { run: 'tutti message channels --session w1', says: 'What it is still subscribed to' },
  ],
  print: ({ output }, { terminal }) => terminal.print(`Unsubscribed from ${cleanLine(output.channel)}.`),
});

/** Every command of this file. */
export const MESSAGE_COMMANDS: readonly CliCommand[] = [
  messageSend,
  messageList,
  messageReceive,
  messageRead,
  messageShow,
  messageChannels,
  messageSubscribe,
  messageUnsubscribe,
];

const CHANNEL_COLUMNS: readonly Column<ChannelView>[] = [
  { title: 'CHANNEL', cell: ({ channel }) => channel, paint: (text, _row, { bold }) => bold(text) },
  { title: 'SUBSCRIBERS', cell: ({ subscribers }) => String(subscribers), right: true },
  { title: 'SUBSCRIBED', cell: ({ subscribed }) => (subscribed ? '✓ yes' : '–') },
];

function receiptColumns(now: number): readonly Column<NonNullable<SentMessageView['receipts']>[number]>[] {
  return [
    { title: 'MAILBOX', cell: ({ mailbox }) => mailbox },
    { title: 'STATE', cell: ({ status }) => status },
    { title: 'DELIVERED', cell: ({ delivered_at }) => ago(delivered_at, now), right: true },
    { title: 'READ', cell: ({ read_at }) => ago(read_at, now), right: true },
  ];
}
