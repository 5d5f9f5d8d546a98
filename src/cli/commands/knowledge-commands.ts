/**
 * The commands on the knowledge base: put, get, list, search, history, delete.
 */
import type { KnowledgeSummary, KnowledgeVersion } from '../../contract/views/knowledge-view.ts';
import type { CliArgument, CliCommand, CliOption } from '../command.ts';
import { operationCommand } from '../operation-command.ts';
import { cleanLine } from '../output/clean-text.ts';
import { sayNothing } from '../output/nothing-there.ts';
import { type Column, fields, table } from '../output/table.ts';
import { bodyText } from '../output/task-text.ts';
import { ago } from '../output/words.ts';
import { readStdin } from '../read-stdin.ts';
import { asCount, asList, asTextOrJson } from '../read-values.ts';

const LIST_LIMIT = 200;
const TOPIC: CliArgument = { field: 'topic', shown: 'topic', description: 'Topic, for example api/errors.' };
const WRITER: CliOption = { flags: '--session <id>', description: 'The session that writes; left out: you.', field: 'session_id' };
const EXPECTED: CliOption = {
  flags: '--expected-version <n>',
  description: 'Only if it is at this version now; 0: only if it is not there.',
  read: asCount,
};
const PREFIX: CliOption = { flags: '--prefix <text>', description: 'Only topics that begin with this.', common: true };
const TAG: CliOption = { flags: '--tag <tag>', description: 'Only topics with this tag.', common: true };
const CURSOR: CliOption = { flags: '--cursor <cursor>', description: 'The next page, as an earlier list named it.' };

/** tutti knowledge put */
const knowledgePut = operationCommand({
  path: 'knowledge put',
  summary: 'Write what is known about a topic, as a further version.',
  doing: 'write the topic',
  operation: 'knowledge.put',
  args: [TOPIC, { field: 'content', shown: 'content', description: 'Text, JSON, @FILE, or - for stdin.' }],
  options: [
    {
      flags: '--tags <tags>',
      description: 'Tags, with commas; a task finds it by its type and capability.',
      read: asList,
      repeatable: true,
      common: true,
    },
    { ...EXPECTED, common: true },
    { flags: '--task <id>', description: 'The task it was learned in.' },
    { flags: '--commit <hash>', description: 'The commit it was learned from.' },
    WRITER,
  ],
  examples: [
    { run: 'tutti knowledge put api/errors "Errors are RFC 9457 problems." --tags api', says: 'A topic with a tag' },
    { run: 'tutti knowledge put build/setup @docs/setup.md --expected-version 3', says: 'From a file, if nobody wrote since' },
    { run: 'git log -1 | tutti knowledge put release -', says: 'From another command' },
  ],
  input: async ({ content, task, commit, ...values }) => {
    const source = { ...(task === undefined ? {} : { task_id: task }), ...(commit === undefined ? {} : { commit }) };
    const text = content === '-' ? await readStdin() : asTextOrJson(String(content), 'content');
    return { ...values, content: text, ...(Object.keys(source).length === 0 ? {} : { source }) };
  },
  print: ({ output: { topic, version, changed } }, { terminal }) =>
    terminal.print(`${cleanLine(topic)} is at version ${version}${changed ? '' : '; it said this already'}.`),
});

/** tutti knowledge get */
const knowledgeGet = operationCommand({
  path: 'knowledge get',
  summary: 'Show what is known about a topic; also an earlier version.',
  doing: 'read the topic',
  operation: 'knowledge.get',
  args: [TOPIC],
  options: [
    { flags: '--revision <n>', description: 'An earlier version; left out: the newest.', field: 'version', read: asCount, common: true },
  ],
  examples: [
    { run: 'tutti knowledge get api/errors', says: 'The newest version' },
    { run: 'tutti knowledge get api/errors --revision 1', says: 'The first one' },
    { run: 'tutti knowledge get api/errors --json | jq -r .knowledge.content', says: 'Its content alone' },
  ],
  print: ({ output: { knowledge } }, { terminal, now }) => {
    const { tags, source } = knowledge;
    terminal.print(
      terminal.out.bold(cleanLine(knowledge.topic)),
      ...fields(
        [
          ['version', `${knowledge.version} · by ${knowledge.updated_by} · ${ago(knowledge.updated_at, now())}`],
          ['tags', tags.length === 0 ? null : tags.join(', ')],
          ['source', source === null ? null : Object.values(source).join(' · ')],
        ],
        terminal,
      ),
      '',
      ...bodyText(knowledge.content),
    );
  },
});

/** tutti knowledge list */
const knowledgeList = operationCommand({
  path: 'knowledge list',
  summary: 'List topics.',
  doing: 'list the topics',
  operation: 'knowledge.list',
  options: [
    PREFIX,
    TAG,
    { flags: '--limit <n>', description: `At most so many; default ${LIST_LIMIT}, at most 1000.`, read: asCount },
    CURSOR,
  ],
  examples: [
    { run: 'tutti knowledge list', says: 'Every topic' },
    { run: 'tutti knowledge list --prefix api/', says: 'Those below api' },
    { run: 'tutti knowledge list --tag build --json | jq -r .topics[].topic', says: 'Those with a tag, for a script' },
  ],
  input: (values) => ({ limit: LIST_LIMIT, ...values }),
  print: ({ output }, context) => {
    const { terminal, now } = context;
    if (output.topics.length === 0)
      sayNothing(context, 'topics', 'Write one: tutti knowledge put api/errors "Errors are RFC 9457 problems."');
    else terminal.print(...table(output.topics, topicColumns(now()), terminal));
    if (output.next_cursor !== null) terminal.say(`More: tutti knowledge list --cursor ${cleanLine(output.next_cursor)}`);
  },
});

/** tutti knowledge search */
const knowledgeSearch = operationCommand({
  path: 'knowledge search',
  summary: 'Search the knowledge base by words, the best matches first.',
  doing: 'search the knowledge base',
  operation: 'knowledge.search',
  args: [{ field: 'words', shown: 'word', description: "Words to look for; 'depl*' finds all that begin so.", variadic: true }],
  options: [PREFIX, TAG, { flags: '--limit <n>', description: 'At most so many; default 10, at most 50.', read: asCount }],
  examples: [
    { run: 'tutti knowledge search error format', says: 'Whatever fits these words best' },
    { run: "tutti knowledge search 'depl*' --tag build", says: 'Words that begin so, among the topics with a tag' },
    { run: 'tutti knowledge search timeout --json | jq -r .results[].topic', says: 'Topics for a script' },
  ],
  input: ({ words, ...values }) => ({ ...values, query: (words as string[]).join(' ') }),
  print: ({ output: { results } }, { terminal, now }) => {
    if (results.length === 0) terminal.say('Nothing was found.');
    for (const { topic, snippet, updated_at, version } of results) {
      terminal.print(`${terminal.out.bold(cleanLine(topic))}  ${terminal.out.dim(`version ${version} · ${ago(updated_at, now())}`)}`);
      terminal.print(...bodyText(cleanLine(snippet)));
    }
  },
});

/** tutti knowledge history */
const knowledgeHistory = operationCommand({
  path: 'knowledge history',
  summary: 'List the versions of a topic, newest first.',
  doing: 'list the versions',
  operation: 'knowledge.history',
  args: [TOPIC],
  options: [{ flags: '--limit <n>', description: 'At most so many; default 100, at most 1000.', read: asCount }, CURSOR],
  examples: [
    { run: 'tutti knowledge history api/errors', says: 'Who wrote it, and when' },
    { run: 'tutti knowledge get api/errors --revision 1', says: 'What one of them says' },
    { run: 'tutti knowledge history api/errors --json', says: 'The same for a program' },
  ],
  print: ({ output, values }, { terminal, now }) => {
    terminal.print(...table(output.versions, versionColumns(now()), terminal));
    const next = output.next_cursor;
    if (next !== null) terminal.say(`More: tutti knowledge history ${cleanLine(String(values['topic']))} --cursor ${cleanLine(next)}`);
  },
});

/** tutti knowledge delete */
const knowledgeDelete = operationCommand({
  path: 'knowledge delete',
  summary: 'Delete a topic; its versions can still be read.',
  doing: 'delete the topic',
  operation: 'knowledge.delete',
  args: [TOPIC],
  options: [EXPECTED, WRITER],
  examples: [
    { run: 'tutti knowledge delete api/errors', says: 'Asks first' },
    { run: 'tutti knowledge delete api/errors --expected-version 3', says: 'Only if nobody wrote since' },
    { run: 'tutti knowledge history api/errors', says: 'What it said' },
  ],
  question: async (_client, { topic }) => `Delete ${cleanLine(topic)}?`,
  print: ({ output }, { terminal }) => terminal.print(`${cleanLine(output.topic)} is deleted.`),
});

/** Every command of this file. */
export const KNOWLEDGE_COMMANDS: readonly CliCommand[] = [
  knowledgePut,
  knowledgeGet,
  knowledgeList,
  knowledgeSearch,
  knowledgeHistory,
  knowledgeDelete,
];

function topicColumns(now: number): readonly Column<KnowledgeSummary>[] {
  return [
    { title: 'TOPIC', cell: ({ topic }) => topic, paint: (text, _row, { bold }) => bold(text), flexible: true },
    { title: 'VERSION', cell: ({ version }) => String(version), right: true, drop: 2 },
    { title: 'TAGS', cell: ({ tags }) => tags.join(', ') || '–', drop: 1 },
    { title: 'BY', cell: ({ updated_by }) => updated_by, drop: 3 },
    { title: 'WRITTEN', cell: ({ updated_at }) => ago(updated_at, now), right: true },
  ];
}

function versionColumns(now: number): readonly Column<KnowledgeVersion>[] {
  return [
    { title: 'VERSION', cell: ({ version }) => String(version), right: true },
    { title: 'WHAT', cell: ({ deleted }) => (deleted ? '✕ deleted' : '✓ written') },
    { title: 'BY', cell: ({ updated_by }) => updated_by, flexible: true },
    { title: 'WHEN', cell: ({ updated_at }) => ago(updated_at, now), right: true },
  ];
}
