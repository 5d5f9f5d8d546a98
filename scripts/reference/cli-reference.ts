/**
 * docs/reference/cli.md: every command, from the table that the command line is made of.
 */
import { COMMANDS, SECTIONS } from '../../src/cli/command-table.ts';
import type { CliArgument, CliCommand, CliOption, Example } from '../../src/cli/command.ts';
import { GLOBAL_OPTIONS } from '../../src/cli/global-options.ts';
import { markdownTable, type ReferenceGenerator } from './generator.ts';

/** Writes every command in the order of the help. */
export const cliReference: ReferenceGenerator = { file: 'docs/reference/cli.md', generate: () => cliText(COMMANDS) };

/** What the exit codes mean. */
const EXIT_CODES: readonly (readonly [code: string, meaning: string])[] = [
  ['0', 'it was done'],
  ['1', 'it failed'],
  ['2', 'wrong usage or configuration'],
  ['3', 'what was named does not exist'],
  ['4', 'no valid token, or one of too weak a role'],
  ['5', 'no server was found or reached'],
  ['6', 'it conflicts with the state of things'],
  ['7', 'with --wait: the work ended otherwise than completed'],
  ['8', 'with --wait: the work had not ended at --timeout'],
  ['130', 'ended by Ctrl-C'],
];

/** The text for any commands. */
function cliText(commands: readonly CliCommand[]): string {
  const words = Object.entries(SECTIONS).flatMap(([heading, names]) => [
    `## ${heading}`,
    ...names.flatMap((name) => commands.filter(({ path }) => path.split(' ')[0] === name).map(commandText)),
  ]);
  return `# Command line

Generated from the table of commands by \`npm run docs:generate\`; do not edit.

Data goes to stdout, messages go to stderr. \`--json\` makes the data JSON and an error one line of JSON. Colour is used on a terminal only,
and never with \`NO_COLOR\`, \`TERM=dumb\` or \`--no-color\`. An error is three lines: what failed, why (with its code, see [errors](errors.md)), and
what to do next. Values of flags come before [environment variables, files and defaults](configuration.md).

${markdownTable(['exit code', 'meaning'], EXIT_CODES)}

Which exit code an error has is in the list of [errors](errors.md).

## Options of every command

${optionTable(GLOBAL_OPTIONS)}

${words.join('\n\n')}
`;
}

function commandText({ path, summary, args = [], options = [], examples }: CliCommand): string {
  const usage = ['tutti', path, ...args.map(argumentText), ...(options.length === 0 ? [] : ['[options]'])].join(' ');
  const parts = [`### \`tutti ${path}\``, summary, `\`\`\`sh\n${usage}\n\`\`\``];
  if (args.length > 0) parts.push(args.map(({ shown, description }) => `- \`${shown}\`: ${description}`).join('\n'));
  if (options.length > 0) parts.push(optionTable(options));
  parts.push(`\`\`\`sh\n${examples.map(exampleText).join('\n')}\n\`\`\``);
  return parts.join('\n\n');
}

function argumentText({ shown, variadic, optional }: CliArgument): string {
  const name = variadic === true ? `${shown}...` : shown;
  return optional === true ? `[${name}]` : `<${name}>`;
}

function optionTable(options: readonly CliOption[]): string {
  const rows = options.map(({ flags, description, choices }) => [
    `\`${flags}\``,
    choices === undefined ? description : `${description} One of ${choices.join(', ')}.`,
  ]);
  return markdownTable(['option', 'meaning'], rows);
}

function exampleText({ run, says }: Example): string {
  return `# ${says}\n${run}`;
}
