/**
 * Owns the form of the help: what it is for, usage, three examples, common options, all options, where to read on.
 */
import type { Command, Help, Option } from 'commander';
import type { Example } from './command.ts';
import { fillTo, wrapTo } from './output/display-width.ts';

/** What the help says beside what commander knows. */
export interface HelpNotes {
  readonly examples: readonly Example[];
  /** Long flags of the common options. */
  readonly common: readonly string[];
  /** Headings of the commands, each with its commands, in order. */
  readonly sections: Readonly<Record<string, readonly string[]>>;
}

const DOCS = 'docs/reference/cli.md, docs/reference/errors.md';
const NARROW = 60;
const WIDE = 100;

/** The help of a command or of a group of commands. */
export function helpText(command: Command, help: Help, notes: HelpNotes): string {
  const width = Math.min(WIDE, Math.max(NARROW, help.helpWidth ?? 80));
  const options = help.visibleOptions(command).filter((option) => option.long !== '--help');
  const common = options.filter((option) => notes.common.includes(option.long ?? ''));
  const rest = options.filter((option) => !common.includes(option));
  const optionRow = (option: Option): Row => ({ term: help.optionTerm(option), says: help.optionDescription(option) });
  const own = command.parent === null ? rest : help.visibleGlobalOptions(command).filter((each) => each.long !== '--version');
  const global = [...own, ...help.visibleOptions(command).filter((each) => each.long === '--help')];
  return [
    help.commandDescription(command),
    section('Usage', [`  ${help.commandUsage(command)}`]),
    section(
      'Examples',
      notes.examples.flatMap(({ run, says }) => [`  ${run}`, `      ${says}`]),
    ),
    section(
      'Arguments',
      rows(
        help.visibleArguments(command).map((each) => ({ term: `<${each.name()}>`, says: each.description })),
        width,
      ),
    ),
    ...commandSections(command, help, { width, sections: notes.sections }),
    section('Common options', rows(common.map(optionRow), width)),
    section(common.length === 0 ? 'Options' : 'More options', rows(command.parent === null ? [] : rest.map(optionRow), width)),
    section(command.parent === null ? 'Options' : 'Options of every command', rows(global.map(optionRow), width)),
    `Docs: ${DOCS}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

interface Row {
  readonly term: string;
  readonly says: string;
}

function commandSections(command: Command, help: Help, { width, sections }: { width: number; sections: HelpNotes['sections'] }): string[] {
  const visible = help.visibleCommands(command).filter((each) => each.name() !== 'help');
  const listed = Object.values(sections).flat();
  const rest = visible.map((each) => each.name()).filter((name) => !listed.includes(name));
  const row = (each: Command): Row => ({ term: help.subcommandTerm(each), says: help.subcommandDescription(each) });
  const longest = Math.max(0, ...visible.map((each) => row(each).term.length));
  return Object.entries({ ...sections, Commands: rest }).map(([heading, names]) => {
    const found = names.flatMap((name) => visible.filter((each) => each.name() === name));
    return section(heading, rows(found.map(row), width, longest));
  });
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [`${title}:`, ...lines].join('\n');
}

/** Terms on the left, what they mean on the right; below each other where a term is too long. */
function rows(list: readonly Row[], width: number, longest = Math.max(0, ...list.map(({ term }) => term.length))): string[] {
  const left = Math.min(longest, Math.floor(width * 0.55));
  return list.flatMap(({ term, says }) => {
    const lines = wrapTo(says, Math.max(24, width - left - 4));
    const first = term.length > left ? [`  ${term}`] : [];
    const body = lines.map((text, index) => `  ${fillTo(index === 0 && first.length === 0 ? term : '', left)}  ${text}`.trimEnd());
    return [...first, ...body];
  });
}
