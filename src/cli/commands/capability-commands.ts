/**
 * The commands on the capability registry: list, show, define, remove, detect, grant.
 */
import type { CapabilityView, DetectedCapability } from '../../contract/views/capability-view.ts';
import { Failure } from '../../contract/failure.ts';
import type { CliArgument, CliCommand, Values } from '../command.ts';
import { operationCommand } from '../operation-command.ts';
import { cleanLine } from '../output/clean-text.ts';
import { type Column, fields, table } from '../output/table.ts';
import { counted } from '../output/words.ts';
import { asCount, asList, asNumber } from '../read-values.ts';

const NAME: CliArgument = { field: 'capability', shown: 'capability', description: 'Name of the capability.' };

/** tutti capability list */
const capabilityList = operationCommand({
  path: 'capability list',
  summary: 'List the capabilities of the registry, and names in use that nobody defined.',
  doing: 'list the capabilities',
  operation: 'capability.list',
  examples: [
    { run: 'tutti capability list', says: 'What there is, and how many sessions have it' },
    { run: 'tutti capability list --json | jq -r .capabilities[].name', says: 'Names for a script' },
    { run: 'tutti session list --capability build', says: 'Who has one of them' },
  ],
  print: ({ output }, { terminal }) => {
    terminal.print(...table(output.capabilities, COLUMNS, terminal));
    if (output.undefined.length > 0) {
      const [first = ''] = output.undefined;
      terminal.say(
        `In use, and not defined: ${output.undefined.map(cleanLine).join(', ')}. Define one: tutti capability define ${cleanLine(first)}`,
      );
    }
  },
});

/** tutti capability show */
const capabilityShow = operationCommand({
  path: 'capability show',
  summary: 'Show one capability, who has it and how much ready work needs it.',
  doing: 'show the capability',
  operation: 'capability.show',
  args: [NAME],
  examples: [
    { run: 'tutti capability show build', says: 'Everything about one' },
    { run: 'tutti capability show build --json | jq .sessions', says: 'Who has it, for a program' },
    { run: 'tutti worker --capabilities build', says: 'Start somebody who has it' },
  ],
  print: ({ output: { capability, sessions, ready_tasks } }, { terminal }) => {
    terminal.print(
      terminal.out.bold(cleanLine(capability.name)),
      '',
      ...fields(
        [
          ['what', capability.description],
          ['skills', capability.skills.length === 0 ? null : capability.skills.join(', ')],
          ['time', `estimates × ${capability.time_multiplier}`],
          ['detected', detectionText(capability)],
          ['from', capability.built_in ? `Tutti${capability.changed ? ', changed here' : ''}` : 'defined here'],
          ['sessions', sessions.length === 0 ? 'none' : sessions.join(', ')],
          ['ready work', counted(ready_tasks, 'task')],
        ],
        terminal,
      ),
    );
  },
});

/** tutti capability define */
const capabilityDefine = operationCommand({
  path: 'capability define',
  summary: 'Define a capability, or define it anew; one that comes with Tutti too.',
  doing: 'define the capability',
  operation: 'capability.define',
  args: [NAME],
  options: [
    { flags: '-d, --description <text>', description: 'What it is.', common: true },
    { flags: '--skills <names>', description: 'What belongs to it, with commas.', read: asList, common: true },
    {
      flags: '--time-multiplier <n>',
      description: 'What estimates are multiplied by before anything is learned; default 1.',
      read: asNumber,
    },
    { flags: '--detect-types <types>', description: 'Types of tasks whose completion shows it, with commas.', read: asList },
    { flags: '--detect-more-than <n>', description: 'It is shown by more than so many of them.', read: asCount },
    { flags: '--detect-success <fraction>', description: 'And by at least this share that did not fail; default 0.5.', read: asNumber },
  ],
  examples: [
    { run: 'tutti capability define gpu -d "Runs on a machine with a GPU"', says: 'A new one' },
    { run: 'tutti capability define legal -d "Reads contracts" --detect-types contract --detect-more-than 5', says: 'Shown by history' },
    { run: 'tutti capability define build -d "Writes Rust" --skills rust,cargo', says: 'Another sense for one that comes with Tutti' },
  ],
  input: ({ detect_types, detect_more_than, detect_success, ...values }) => ({
    ...values,
    ...detectionOf({ detect_types, detect_more_than, detect_success }),
  }),
  print: ({ output }, { terminal }) => terminal.print(`${cleanLine(output.capability.name)} is defined.`),
});

/** tutti capability remove */
const capabilityRemove = operationCommand({
  path: 'capability remove',
  summary: 'Remove a capability from the registry; one that comes with Tutti goes back to what it was.',
  doing: 'remove the capability',
  operation: 'capability.remove',
  args: [NAME],
  examples: [
    { run: 'tutti capability remove gpu', says: 'Sessions and tasks that name it keep it' },
    { run: 'tutti capability remove build', says: 'Undo a change to one that comes with Tutti' },
    { run: 'tutti capability list', says: 'What is left' },
  ],
  print: ({ output }, { terminal }) =>
    terminal.print(`${cleanLine(output.capability)} is ${output.status === 'removed' ? 'removed' : 'as it came with Tutti again'}.`),
});

/** tutti capability detect */
const capabilityDetect = operationCommand({
  path: 'capability detect',
  summary: 'Show what the histories of the sessions say they can do and have not registered.',
  doing: 'look through the histories',
  operation: 'capability.detect',
  options: [{ flags: '--session <id>', description: 'Only of this session.', field: 'session_id', common: true }],
  examples: [
    { run: 'tutti capability detect', says: 'Suggestions for every session' },
    { run: 'tutti capability detect --session w1', says: 'For one' },
    { run: 'tutti config set detect_capabilities=auto', says: 'Give them by themselves from now on' },
  ],
  print: ({ output }, { terminal }) => {
    if (output.detected.length === 0) {
      terminal.say('Nothing that the sessions have not registered.');
      return;
    }
    terminal.print(...table(output.detected, DETECTED_COLUMNS, terminal));
    const [first] = output.detected;
    if (first !== undefined) terminal.say(`Give it: tutti capability grant ${cleanLine(first.session_id)} ${cleanLine(first.capability)}`);
  },
});

/** tutti capability grant */
const capabilityGrant = operationCommand({
  path: 'capability grant',
  summary: 'Give a session a capability; it lasts until the session registers again.',
  doing: 'grant the capability',
  operation: 'capability.grant',
  args: [{ field: 'session_id', shown: 'session', description: 'Id of the session.' }, NAME],
  examples: [
    { run: 'tutti capability grant w1 build', says: 'It gets such work from now on' },
    { run: 'tutti capability detect', says: 'Who has earned one' },
    { run: 'tutti session show w1', says: 'What it can do now' },
  ],
  print: ({ output }, { terminal }) =>
    terminal.print(`${cleanLine(output.session_id)} can ${output.capabilities.map(cleanLine).join(', ')}.`),
});

/** Every command of this file. */
export const CAPABILITY_COMMANDS: readonly CliCommand[] = [
  capabilityList,
  capabilityShow,
  capabilityDefine,
  capabilityRemove,
  capabilityDetect,
  capabilityGrant,
];

const COLUMNS: readonly Column<CapabilityView>[] = [
  { title: 'CAPABILITY', cell: ({ name }) => name, paint: (text, _row, { bold }) => bold(text) },
  { title: 'SESSIONS', cell: ({ sessions }) => String(sessions), right: true },
  { title: 'TIME', cell: ({ time_multiplier }) => `× ${time_multiplier}`, right: true, drop: 2 },
  { title: 'SKILLS', cell: ({ skills }) => skills.join(', ') || '–', drop: 1 },
  { title: 'WHAT', cell: ({ description }) => description, flexible: true },
];

const DETECTED_COLUMNS: readonly Column<DetectedCapability>[] = [
  { title: 'SESSION', cell: ({ session_id }) => session_id, paint: (text, _row, { bold }) => bold(text) },
  { title: 'CAN', cell: ({ capability }) => capability },
  { title: 'COMPLETED', cell: ({ completed }) => String(completed), right: true },
  { title: 'FAILED', cell: ({ failed }) => String(failed), right: true },
];

function detectionText({ detection }: CapabilityView): string {
  if (detection === null) return 'never';
  const share = detection.min_success === 0 ? '' : `, of those that ended at least ${Math.round(detection.min_success * 100)} %`;
  return `once more than ${detection.more_than} tasks of type ${detection.task_types.join(' or ')} completed${share}`;
}

/** The detection rule from its flags. Throws Failure `usage` when only a part was given. */
function detectionOf({ detect_types, detect_more_than, detect_success }: Values): { readonly detection?: object } {
  if (detect_types === undefined && detect_more_than === undefined && detect_success === undefined) return {};
  if (detect_types === undefined || detect_more_than === undefined)
    throw new Failure('usage', { reason: 'Detection takes both --detect-types and --detect-more-than.' });
  return {
    detection: {
      task_types: detect_types,
      more_than: detect_more_than,
      ...(detect_success === undefined ? {} : { min_success: detect_success }),
    },
  };
}
