/**
 * tutti install: shows what would change in the configuration of an agent program, and changes it when that is wanted.
 * Invariants: a file is replaced whole or not at all and keeps its mode; what is not ours stays.
 */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isProgramThere } from '../../config/program-path.ts';
import { Failure, reasonOf } from '../../contract/failure.ts';
import type { CliContext } from '../cli-context.ts';
import type { Values } from '../command.ts';
import { cleanLine, safeJson } from '../output/clean-text.ts';
import { INSTALLED_AGENTS, type InstalledAgent, setupOf, type SetupWish } from './agent-setup.ts';
import { changedText } from './edit-configuration.ts';
import { lineDiff } from './line-diff.ts';

const OWNER_WRITES = 0o200;

interface Edit {
  readonly file: string;
  readonly before: string;
  readonly after: string;
}

/** Runs `tutti install`; resolves with the exit code. Throws Failure. */
export async function runInstall(context: CliContext, values: Values): Promise<number> {
  const { terminal, globals } = context;
  const remove = values['remove'] === true;
  const edits = editsOf(wishOf(context, values), remove);
  if (globals.json) terminal.print(safeJson({ changes: edits }, 2));
  else for (const edit of edits) printEdit(edit, context);
  if (edits.length === 0) {
    terminal.say(remove ? 'Nothing of Tutti is there.' : 'Everything is set up already.');
    return 0;
  }
  if (globals.dry_run) {
    terminal.say('Nothing was changed.');
    return 0;
  }
  if (!globals.yes && terminal.interactive && !(await terminal.confirm('Change this?'))) {
    terminal.say('Nothing was changed.');
    return 1;
  }
  for (const edit of edits) refuseReadonly(edit.file);
  for (const edit of edits) write(edit);
  const again = remove ? '' : ' Start the agent anew; `tutti install … --remove` takes it out again.';
  terminal.say(`Changed ${edits.map(({ file }) => cleanLine(file)).join(', ')}.${again}`);
  return 0;
}

function wishOf({ env, from, launch }: CliContext, values: Values): SetupWish {
  const agent = INSTALLED_AGENTS.find((each) => each === values['agent']);
  if (agent === undefined) throw new Failure('usage', { reason: `agent: one of ${INSTALLED_AGENTS.join(', ')}.` });
  if (values['user'] === true && values['project'] === true)
    throw new Failure('usage', { reason: '--user and --project cannot be joined.' });
  const command = typeof values['command'] === 'string' ? values['command'].split(/\s+/).filter((word) => word !== '') : null;
  if (command?.length === 0) throw new Failure('usage', { reason: '--command: names no program.' });
  return {
    agent,
    scope: values['user'] === true ? 'user' : 'project',
    home: env['HOME'] ?? from,
    project: from,
    program: command ?? (isProgramThere('tutti', env) ? ['tutti'] : launch.program),
    takes_work: values['work'] === true && isWakeable(agent),
    isThere: existsSync,
  };
}

/** Only Claude Code has hooks that wake it. */
function isWakeable(agent: InstalledAgent): boolean {
  if (agent === 'claude') return true;
  throw new Failure('usage', { reason: `--work: ${agent} has no hook that wakes it.` });
}

function editsOf(wish: SetupWish, remove: boolean): Edit[] {
  return setupOf(wish).flatMap((change) => {
    const { file } = change;
    const before = existsSync(file) ? read(file) : '';
    const after = changedText(before, change, remove);
    return after === before ? [] : [{ file, before, after }];
  });
}

function read(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(file));
  } catch (error) {
    throw new Failure('configuration_unreadable', { file, reason: reasonOf(error) }, error);
  }
}

function printEdit({ file, before, after }: Edit, { terminal }: CliContext): void {
  const { out } = terminal;
  const paint = { ' ': (text: string) => text, '-': out.red, '+': out.green };
  terminal.print(
    out.bold(cleanLine(file)),
    ...lineDiff(before, after).map(({ sign, text }) => paint[sign](`${sign} ${cleanLine(text)}`)),
    '',
  );
}

/** Where a file really is: one that is kept elsewhere, behind a link, stays there. */
function placeOf(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    const isLink = lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true;
    return isLink ? resolve(dirname(file), readlinkSync(file)) : file;
  }
}

/** Replacing a file needs no leave of the file itself: whoever made it read-only is heeded all the same. */
function refuseReadonly(named: string): void {
  const file = placeOf(named);
  if (existsSync(file) && (statSync(file).mode & OWNER_WRITES) === 0) throw new Failure('configuration_readonly', { file });
}

function write({ file: named, after }: Edit): void {
  const file = placeOf(named);
  if (after === '') {
    rmSync(file, { force: true });
    return;
  }
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.tutti-${process.pid}`;
  writeFileSync(draft, after);
  if (existsSync(file)) chmodSync(draft, statSync(file).mode & 0o7777);
  renameSync(draft, file);
}
