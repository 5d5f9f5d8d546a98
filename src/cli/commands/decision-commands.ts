/**
 * The commands on decisions: ask, answer, vote, withdraw, list, show.
 */
import type { CliArgument, CliCommand, CliOption } from '../command.ts';
import { operationCommand } from '../operation-command.ts';
import { cleanLine } from '../output/clean-text.ts';
import { decisionColumns, decisionText } from '../output/inbox-text.ts';
import { table } from '../output/table.ts';
import { asCount, asSeconds, asTextOrJson } from '../read-values.ts';
import { waitForDecision } from '../wait-for-decision.ts';

const ID: CliArgument = { field: 'decision_id', shown: 'decision', description: 'Id of the decision.' };
const ANSWER: CliArgument = {
  field: 'answer',
  shown: 'answer',
  description: 'One of the options, word for word; any text when there are none.',
};
const REASON: CliOption = { flags: '--reason <text>', description: 'Why; kept in its record.', common: true };
const SESSION: CliOption = { flags: '--session <id>', description: 'Speak for this session; left out: a person.', field: 'session_id' };
const TIMEOUT: CliOption = {
  flags: '--timeout <seconds>',
  description: 'With --wait: at most so long, then exit code 8; default: as long as it takes.',
  read: asSeconds,
};

/** tutti decision ask */
const decisionAsk = operationCommand({
  path: 'decision ask',
  summary: 'Ask a person to decide; the task waits until somebody answers or its default holds.',
  doing: 'ask',
  operation: 'decision.ask',
  waits: true,
  args: [{ field: 'question', shown: 'question', description: 'What is to be decided.' }],
  options: [
    {
      flags: '-o, --option <answer>',
      description: 'An answer that is offered; several times for more.',
      field: 'options',
      repeatable: true,
      common: true,
    },
    { flags: '-t, --task <id>', description: 'The task that needs it.', field: 'task_id', common: true },
    { flags: '--context <text>', description: 'What one has to know: text, JSON, or @FILE.', read: asTextOrJson },
    { flags: '--evidence <what>', description: 'A file, commit or address that shows it; several times for more.', repeatable: true },
    { flags: '--kind <kind>', description: 'Default decision.', choices: ['decision', 'question', 'permission'] },
    { flags: '--deadline <seconds>', description: 'When the default holds, from now.', field: 'deadline_seconds', read: asSeconds },
    { flags: '--default <answer>', description: 'The answer that holds when nobody answers in time.', field: 'default_answer' },
    { flags: '--votes <n>', description: 'So many votes for one option decide it.', field: 'votes_needed', read: asCount },
    { flags: '-p, --priority <n>', description: '1 to 10; default: that of the task, else 5.', read: asCount },
    { flags: '--goes-on', description: 'The task goes on meanwhile.' },
    { flags: '--release', description: 'Give the task back until there is an answer.', field: 'release_task' },
    SESSION,
    TIMEOUT,
  ],
  examples: [
    { run: 'tutti decision ask "Postgres or SQLite?" -o Postgres -o SQLite -t arch-001', says: 'The task waits for the answer' },
    { run: 'tutti decision ask "Deploy now?" -o yes -o no --deadline 600 --default no', says: 'After ten minutes of silence it is no' },
    { run: 'tutti decision ask "Which port?" --wait --json | jq -r .decision.answer', says: 'From a script: wait for the answer' },
  ],
  input: ({ options, goes_on, timeout: _timeout, ...values }) => ({
    ...values,
    ...(Array.isArray(options) ? { options: options.map((answer: unknown) => ({ answer })) } : {}),
    ...(goes_on === true ? { blocks: false } : {}),
  }),
  print: ({ output }, { terminal }) => {
    terminal.print(cleanLine(output.decision.decision_id));
    terminal.say(`Asked. Watch it: tutti decision show ${cleanLine(output.decision.decision_id)} --wait`);
  },
  follow: ({ output, values, client }, context) => {
    context.terminal.say(`Asked ${cleanLine(output.decision.decision_id)}; waiting for the answer.`);
    return waitForDecision({ client, values, id: output.decision.decision_id }, context);
  },
});

/** tutti decision answer */
const decisionAnswer = operationCommand({
  path: 'decision answer',
  summary: 'Answer what was asked; the waiting work resumes.',
  doing: 'answer',
  operation: 'decision.answer',
  args: [ID, ANSWER],
  options: [
    REASON,
    { flags: '--as <name>', description: 'Your name, for the record; default: the role of the token.', field: 'answered_by' },
    { flags: '--with <json>', description: 'What belongs to the answer: JSON or @FILE.', field: 'data', read: asTextOrJson },
  ],
  examples: [
    { run: 'tutti decision answer decision-001 Postgres', says: 'One of the options' },
    { run: 'tutti decision answer decision-002 allow --reason "only this once"', says: 'Leave to do something' },
    { run: 'tutti inbox list', says: 'What else waits' },
  ],
  input: (values) => ({ via: 'cli', ...values }),
  print: ({ output }, { terminal }) => {
    const { decision_id, answer, task_id } = output.decision;
    const resumes = task_id === null ? '' : ` ${cleanLine(task_id)} goes on.`;
    terminal.print(`${cleanLine(decision_id)} is answered: ${cleanLine(answer ?? '')}.${resumes}`);
  },
});

/** tutti decision vote */
const decisionVote = operationCommand({
  path: 'decision vote',
  summary: 'Say what you would choose; with --votes at the question, so many equal votes decide it.',
  doing: 'vote',
  operation: 'decision.vote',
  args: [ID, ANSWER],
  options: [REASON, SESSION],
  examples: [
    { run: 'tutti decision vote decision-001 SQLite --session architect-1', says: 'For a session' },
    { run: 'tutti decision vote decision-001 SQLite --reason "no server to run"', says: 'With a reason' },
    { run: 'tutti decision show decision-001', says: 'Who voted for what' },
  ],
  print: ({ output }, { terminal }) => {
    const { decision_id, status, answer, votes } = output.decision;
    terminal.print(
      `${cleanLine(decision_id)} has ${votes.length} votes${status === 'open' ? '' : ` and is answered: ${cleanLine(answer ?? '')}`}.`,
    );
  },
});

/** tutti decision withdraw */
const decisionWithdraw = operationCommand({
  path: 'decision withdraw',
  summary: 'Withdraw a question that nobody needs answered any more; the task goes on.',
  doing: 'withdraw the question',
  operation: 'decision.withdraw',
  args: [ID],
  options: [REASON, SESSION],
  examples: [
    { run: 'tutti decision withdraw decision-001', says: 'Nobody needs it any more' },
    { run: 'tutti decision withdraw decision-001 --reason "asked twice"', says: 'With a reason' },
    { run: 'tutti decision list --status withdrawn', says: 'What was withdrawn' },
  ],
  print: ({ output }, { terminal }) => terminal.print(`${cleanLine(output.decision.decision_id)} is withdrawn.`),
});

/** tutti decision list */
const decisionList = operationCommand({
  path: 'decision list',
  summary: 'List decisions, the newest first.',
  doing: 'list the decisions',
  operation: 'decision.list',
  options: [
    { flags: '--status <status>', description: 'Only these.', choices: ['open', 'answered', 'withdrawn'], common: true },
    { flags: '-t, --task <id>', description: 'Only about this task.', field: 'task_id', common: true },
    { flags: '--session <id>', description: 'Only of this session.', field: 'session_id' },
    { flags: '--kind <kind>', description: 'Only this kind.', choices: ['decision', 'question', 'permission'] },
    { flags: '--limit <n>', description: 'At most so many; default 100, at most 1000.', read: asCount },
    { flags: '--cursor <cursor>', description: 'The next page, as an earlier list named it.' },
  ],
  examples: [
    { run: 'tutti decision list', says: 'The newest' },
    { run: 'tutti decision list --status open', says: 'What is not answered' },
    { run: 'tutti decision list -t arch-001', says: 'What was decided about a task' },
  ],
  print: ({ output }, { terminal, now }) => {
    if (output.decisions.length === 0) terminal.say('No decisions.');
    else terminal.print(...table(output.decisions, decisionColumns(now()), terminal));
    if (output.next_cursor !== null) terminal.say(`More: tutti decision list --cursor ${cleanLine(output.next_cursor)}`);
  },
});

/** tutti decision show */
const decisionShow = operationCommand({
  path: 'decision show',
  summary: 'Show the record of a decision; with --wait once it is answered.',
  doing: 'show the decision',
  operation: 'decision.show',
  waits: true,
  args: [ID],
  options: [TIMEOUT],
  examples: [
    { run: 'tutti decision show decision-001', says: 'Question, options, context, votes, answer' },
    { run: 'tutti decision show decision-001 --wait', says: 'Once it is answered' },
    { run: 'tutti decision show decision-001 --wait --timeout 60', says: 'At most a minute; then exit code 8' },
  ],
  input: ({ decision_id }) => ({ decision_id }),
  print: ({ output }, { terminal, now }) => terminal.print(...decisionText(output.decision, terminal, now())),
  follow: ({ output, values, client }, context) => waitForDecision({ client, values, id: output.decision.decision_id }, context),
});

/** Every command of this file. */
export const DECISION_COMMANDS: readonly CliCommand[] = [
  decisionAsk,
  decisionAnswer,
  decisionVote,
  decisionWithdraw,
  decisionList,
  decisionShow,
];
