/**
 * The inbox: what waits for a person.
 */
import type { CliCommand, CliOption } from '../command.ts';
import { operationCommand } from '../operation-command.ts';
import { cleanLine } from '../output/clean-text.ts';
import { colleagueText, decisionText, inboxColumns, signalText } from '../output/inbox-text.ts';
import { messageText } from '../output/message-text.ts';
import { table } from '../output/table.ts';
import { asCount, asSeconds } from '../read-values.ts';

const KIND: CliOption = {
  flags: '--kind <kind>',
  description: 'Only this kind.',
  choices: ['permission', 'decision', 'question', 'colleague', 'signal', 'message'],
  common: true,
};

/** tutti inbox list */
const inboxList = operationCommand({
  path: 'inbox list',
  summary: 'What waits for a person, what stops work first (■).',
  doing: 'list the inbox',
  operation: 'inbox.list',
  options: [
    KIND,
    { flags: '--snoozed', description: 'Those that are put off.' },
    { flags: '--limit <n>', description: 'At most so many; default 100, at most 1000.', read: asCount },
    { flags: '--cursor <cursor>', description: 'The next page, as an earlier list named it.' },
  ],
  examples: [
    { run: 'tutti inbox list', says: 'What waits for you' },
    { run: 'tutti inbox list --kind permission', says: 'What agents want leave to do' },
    { run: 'tutti inbox list --json | jq .blocking', says: 'How much work stands still' },
  ],
  print: ({ output }, { terminal, now }) => {
    if (output.items.length === 0) terminal.say('Nothing waits for a person.');
    else terminal.print(...table(output.items, inboxColumns(now()), terminal));
    const [first] = output.items;
    if (first?.kind === 'permission' || first?.kind === 'decision' || first?.kind === 'question')
      terminal.say(`Look: tutti inbox show ${first.item_id}   Answer: tutti decision answer ${first.item_id} <answer>`);
    if (output.next_cursor !== null) terminal.say(`More: tutti inbox list --cursor ${cleanLine(output.next_cursor)}`);
  },
});

/** tutti inbox show */
const inboxShow = operationCommand({
  path: 'inbox show',
  summary: 'Show one item of the inbox: what is asked, by whom, why.',
  doing: 'show the item',
  operation: 'inbox.show',
  args: [{ field: 'item_id', shown: 'item', description: 'Id of the item.' }],
  examples: [
    { run: 'tutti inbox show decision-001', says: 'A question, with its context and options' },
    { run: 'tutti inbox show message-42', says: 'A message to people' },
    { run: 'tutti decision answer decision-001 allow', says: 'And the answer' },
  ],
  print: ({ output }, { terminal, now }) => {
    const { decision, signal, request, message } = output;
    if (decision !== null) terminal.print(...decisionText(decision, terminal, now()));
    if (decision?.status === 'open') terminal.say(`Answer: tutti decision answer ${cleanLine(decision.decision_id)} <answer>`);
    if (signal !== null) terminal.print(...signalText(signal, terminal, now()));
    if (request !== null) terminal.print(...colleagueText(request, terminal, now()));
    if (message !== null) terminal.print(...messageText(message, terminal, now()));
  },
});

/** tutti inbox snooze */
const inboxSnooze = operationCommand({
  path: 'inbox snooze',
  summary: 'Put an item of the inbox off for a while; its deadline stays.',
  doing: 'put the item off',
  operation: 'inbox.snooze',
  args: [{ field: 'item_id', shown: 'item', description: 'Id of the item.' }],
  options: [
    {
      flags: '--for <seconds>',
      description: 'How long, default an hour; 0 takes it up again.',
      field: 'seconds',
      read: asSeconds,
      common: true,
    },
  ],
  examples: [
    { run: 'tutti inbox snooze signal-001 --for 7200', says: 'It comes back in two hours' },
    { run: 'tutti inbox snooze signal-001 --for 0', says: 'It comes back now' },
    { run: 'tutti inbox list --snoozed', says: 'What is put off' },
  ],
  print: ({ output: { item_id, snoozed_until } }, { terminal }) => {
    terminal.say(`${cleanLine(item_id)} ${snoozed_until === null ? 'is in the inbox.' : `comes back at ${snoozed_until}.`}`);
  },
});

/** Every command of this file. */
export const INBOX_COMMANDS: readonly CliCommand[] = [inboxList, inboxShow, inboxSnooze];
