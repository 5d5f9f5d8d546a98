/**
 * The commands on signals and on requests for colleagues.
 */
import type { CliCommand, CliOption } from '../command.ts';
import { operationCommand } from '../operation-command.ts';
import { cleanLine } from '../output/clean-text.ts';
import { colleagueColumns, signalColumns, signalText } from '../output/inbox-text.ts';
import { table } from '../output/table.ts';
import { asCount, asTextOrJson } from '../read-values.ts';

const SESSION: CliOption = { flags: '--session <id>', description: 'Speak for this session; left out: a person.', field: 'session_id' };
const TASK: CliOption = { flags: '-t, --task <id>', description: 'The task it is about.', field: 'task_id' };
const TYPES = ['requirement', 'decision_needed', 'innovation', 'quality_issue', 'integration'];
const PAGE: readonly CliOption[] = [
  { flags: '--limit <n>', description: 'At most so many; default 100, at most 1000.', read: asCount },
  { flags: '--cursor <cursor>', description: 'The next page, as an earlier list named it.' },
];

/** tutti signal raise */
const signalRaise = operationCommand({
  path: 'signal raise',
  summary: 'Tell the team what you noticed.',
  doing: 'raise the signal',
  operation: 'signal.raise',
  args: [
    { field: 'type', shown: 'type', description: `One of ${TYPES.join(', ')}.` },
    { field: 'title', shown: 'title', description: 'What you noticed, in one line.' },
  ],
  options: [
    { flags: '--urgency <urgency>', description: 'Default medium.', choices: ['low', 'medium', 'high', 'critical'], common: true },
    { flags: '--details <text>', description: 'Text, JSON, or @FILE.', read: asTextOrJson, common: true },
    { flags: '--impact <text>', description: 'What happens if nobody acts.' },
    { flags: '--evidence <what>', description: 'A file, commit or address that shows it; several times for more.', repeatable: true },
    TASK,
    SESSION,
  ],
  examples: [
    { run: 'tutti signal raise quality_issue "Tests of the API are flaky" --urgency high', says: 'A defect' },
    { run: 'tutti signal raise innovation "Cache the plan" --details @idea.md', says: 'An idea' },
    { run: 'tutti signal raise integration "Jira is gone" --evidence https://jira.example.org', says: 'With evidence' },
  ],
  print: ({ output }, { terminal }) => terminal.print(cleanLine(output.signal.signal_id)),
});

/** tutti signal resolve */
const signalResolve = operationCommand({
  path: 'signal resolve',
  summary: 'Say how a signal was dealt with.',
  doing: 'resolve the signal',
  operation: 'signal.resolve',
  args: [
    { field: 'signal_id', shown: 'signal', description: 'Id of the signal.' },
    { field: 'resolution', shown: 'what', description: 'What was done, or why nothing is.' },
  ],
  options: [{ flags: '--outcome <outcome>', description: 'Default resolved.', choices: ['resolved', 'dismissed'] }, SESSION],
  examples: [
    { run: 'tutti signal resolve signal-001 "Retried three times; added test-012"', says: 'Dealt with' },
    { run: 'tutti signal resolve signal-002 "Not worth it" --outcome dismissed', says: 'Nothing will be done' },
    { run: 'tutti signal list --status open', says: 'What is left' },
  ],
  print: ({ output }, { terminal }) => terminal.print(`${cleanLine(output.signal.signal_id)} is ${output.signal.status}.`),
});

/** tutti signal list */
const signalList = operationCommand({
  path: 'signal list',
  summary: 'List signals.',
  doing: 'list the signals',
  operation: 'signal.list',
  options: [
    { flags: '--status <status>', description: 'Only these.', choices: ['open', 'resolved', 'dismissed'], common: true },
    { flags: '--type <type>', description: 'Only this type.', choices: TYPES },
    ...PAGE,
  ],
  examples: [
    { run: 'tutti signal list --status open', says: 'What nobody has dealt with' },
    { run: 'tutti signal list --type quality_issue', says: 'Defects that were noticed' },
    { run: 'tutti signal list --json', says: 'For a script' },
  ],
  print: ({ output }, { terminal, now }) => {
    if (output.signals.length === 0) terminal.say('No signals.');
    else terminal.print(...table(output.signals, signalColumns(now()), terminal));
    if (output.next_cursor !== null) terminal.say(`More: tutti signal list --cursor ${cleanLine(output.next_cursor)}`);
  },
});

/** tutti signal show */
const signalShow = operationCommand({
  path: 'signal show',
  summary: 'Show one signal.',
  doing: 'show the signal',
  operation: 'signal.show',
  args: [{ field: 'signal_id', shown: 'signal', description: 'Id of the signal.' }],
  examples: [
    { run: 'tutti signal show signal-001', says: 'What was noticed, by whom, with what evidence' },
    { run: 'tutti signal show signal-001 --json', says: 'For a script' },
    { run: 'tutti inbox list --kind signal', says: 'Every open one' },
  ],
  print: ({ output }, { terminal, now }) => terminal.print(...signalText(output.signal, terminal, now())),
});

/** tutti colleague request */
const colleagueRequest = operationCommand({
  path: 'colleague request',
  summary: 'Ask for another session: its role and what it is to do.',
  doing: 'ask for a colleague',
  operation: 'colleague.request',
  args: [
    { field: 'role', shown: 'role', description: 'Role, for example software-engineer or intern.' },
    { field: 'instructions', shown: 'instructions', description: 'What it is to do: text or @FILE.' },
  ],
  options: [{ flags: '--name <name>', description: 'What to call it.', common: true }, TASK, SESSION],
  examples: [
    { run: 'tutti colleague request software-engineer "Build the login page" --name login', says: 'Somebody who builds' },
    { run: 'tutti colleague request intern @todo.md --session architect-1', says: 'For a session' },
    { run: 'tutti colleague list', says: 'What became of it' },
  ],
  input: ({ instructions, ...values }) => ({ ...values, instructions: String(asTextOrJson(String(instructions), 'instructions')) }),
  print: ({ output }, { terminal }) => terminal.print(cleanLine(output.request.request_id)),
});

/** tutti colleague settle */
const colleagueSettle = operationCommand({
  path: 'colleague settle',
  summary: 'Say that the colleague is there, or will not come.',
  doing: 'settle the request',
  operation: 'colleague.settle',
  args: [{ field: 'request_id', shown: 'request', description: 'Id of the request.' }],
  options: [
    { flags: '--outcome <outcome>', description: 'Default started.', choices: ['started', 'declined', 'withdrawn'], common: true },
    { flags: '--colleague <session>', description: 'The session that was started.', common: true },
    { flags: '--reason <text>', description: 'Why not.' },
  ],
  examples: [
    { run: 'tutti colleague settle colleague-001 --colleague eng-7', says: 'It was started' },
    { run: 'tutti colleague settle colleague-001 --outcome declined --reason "no budget"', says: 'It will not come' },
    { run: 'tutti inbox list --kind colleague', says: 'What is asked for' },
  ],
  input: (values) => ({ outcome: 'started', ...values }),
  print: ({ output }, { terminal }) => terminal.print(`${cleanLine(output.request.request_id)} is ${output.request.status}.`),
});

/** tutti colleague list */
const colleagueList = operationCommand({
  path: 'colleague list',
  summary: 'List requests for colleagues.',
  doing: 'list the requests',
  operation: 'colleague.list',
  options: [
    { flags: '--status <status>', description: 'Only these.', choices: ['open', 'started', 'declined', 'withdrawn'], common: true },
    ...PAGE,
  ],
  examples: [
    { run: 'tutti colleague list --status open', says: 'What waits' },
    { run: 'tutti colleague list', says: 'All of them' },
    { run: 'tutti colleague list --json', says: 'For a script' },
  ],
  print: ({ output }, { terminal, now }) => {
    if (output.requests.length === 0) terminal.say('No requests.');
    else terminal.print(...table(output.requests, colleagueColumns(now()), terminal));
    if (output.next_cursor !== null) terminal.say(`More: tutti colleague list --cursor ${cleanLine(output.next_cursor)}`);
  },
});

/** Every command of this file. */
export const SIGNAL_COMMANDS: readonly CliCommand[] = [
  signalRaise,
  signalResolve,
  signalList,
  signalShow,
  colleagueRequest,
  colleagueSettle,
  colleagueList,
];
