/**
 * `tutti completion` in the real shells: what each completes is what the table of commands says.
 */
import { execFile, execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';
import { COMMANDS, GROUPS } from '../../src/cli/command-table.ts';
import { completionOf } from '../../src/cli/completion/completion-words.ts';
import { Project } from './tutti.ts';

let project: Project;
const { places } = completionOf(COMMANDS, GROUPS);

beforeAll(async () => {
  project = new Project();
  for (const shell of ['bash', 'zsh', 'fish']) {
    writeFileSync(join(project.folder, shell), (await project.run(['completion', shell])).stdout);
  }
  writeFileSync(join(project.folder, 'a file.yaml'), '');
});
afterAll(() => project.remove());

/** Skips a test where the shell is not installed. */
function needs(shell: string, { skip }: TestContext): void {
  try {
    execFileSync(shell, ['-c', 'true']);
  } catch {
    skip(`${shell} is not installed`);
  }
}

/** Runs a script in a shell without anybody's own settings; returns what it printed. */
function inShell(shell: string, args: readonly string[]): Promise<string> {
  const env = { PATH: process.env['PATH'] ?? '', HOME: project.folder, TERM: 'dumb', XDG_CONFIG_HOME: join(project.folder, 'xdg') };
  return new Promise((resolve, reject) => {
    execFile(shell, args, { cwd: project.folder, env, timeout: 170_000 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${shell}: ${stderr}`, { cause: error }));
    });
  });
}

describe('bash', () => {
  /** What is offered for lines of words, the last of which is being typed. */
  async function offered(lines: readonly (readonly string[])[]): Promise<string[][]> {
    const quoted = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;
    const calls = lines.map((words) => `look tutti ${words.map(quoted).join(' ')}`);
    const look = 'look() { COMP_WORDS=("$@"); COMP_CWORD=$(($#-1)); _tutti_completion; (IFS=,; echo "${COMPREPLY[*]}"); }';
    const script = ['set -u', 'source ./bash', look, ...calls].join('\n');
    const out = await inShell('bash', ['--norc', '-c', script]);
    return out
      .trimEnd()
      .split('\n')
      .map((line) => line.split(',').filter((each) => each !== ''));
  }

  test('every word of every group, and every option of every command', async (context) => {
    needs('bash', context);
    const groups = places.filter(({ words }) => words.length > 0);
    const words = await offered(groups.map(({ path }) => [...path.split(' ').filter((word) => word !== ''), '']));
    expect(words).toEqual(groups.map((place) => place.words.map(({ word }) => word)));
    const commands = places.filter(({ options }) => options.length > 0);
    const options = await offered(commands.map(({ path }) => [...path.split(' '), '--']));
    for (const [index, { options: own }] of commands.entries()) {
      expect(options[index]).toEqual(expect.arrayContaining([...own.map(({ long }) => long), '--json', '--help']));
    }
  });

  test('values of options, options before the command, files with blanks', async (context) => {
    needs('bash', context);
    expect(
      await offered([
        ['task', 'list', '--status', 'c'],
        ['task', 'list', '-s', 'pen'],
        ['--server', 'http://x', 'task', 'ad'],
        ['schedule', 'add', 'nightly', '0 2 * * *', '--overlap', ''],
        ['task', 'add', '--file', 'a'],
        ['nonsense', ''],
        ['why', 'task', ''],
        ['task', 'add', '--priority', ''],
        ['knowledge', 'put', 'a', ''],
      ]),
    ).toEqual([
      ['completed', 'cancelled'],
      ['pending'],
      ['add'],
      ['allow', 'skip', 'queue'],
      ['a file.yaml'],
      expect.arrayContaining(['up']),
      [],
      [],
      expect.arrayContaining(['a file.yaml']),
    ]);
  });
});

describe('fish', () => {
  const lookup = async (line: string): Promise<string[]> => {
    const out = await inShell('fish', ['--no-config', '-c', `source ./fish; complete -C '${line}'`]);
    return out.split('\n').flatMap((each) => (each === '' ? [] : [each.split('\t')[0] ?? '']));
  };

  test('words, options, values, with what they mean', async (context) => {
    needs('fish', context);
    const schedule = places.find(({ path }) => path === 'schedule');
    expect(await lookup('tutti schedule ')).toEqual(schedule?.words.map(({ word }) => word));
    expect(await lookup('tutti task list --status c')).toEqual(['cancelled', 'completed']);
    expect(await lookup('tutti --server http://x task ad')).toEqual(['add']);
    expect(await lookup('tutti schedule add x --over')).toEqual(['--overlap']);
    expect(await lookup('tutti status --dry')).toEqual(['--dry-run']);
    expect(await lookup('claude-wrapper confi')).toEqual(['config']);
    expect(await lookup('tutti why task ')).toEqual([]);
    expect(await lookup('tutti task add --file a')).toEqual(['a file.yaml']);
    const [, says] = (
      await inShell('fish', ['--no-config', '-c', `source ./fish; complete -C 'tutti dem'; complete -C 'tutti doc'`])
    ).split('\t');
    expect(says).toContain('Check this machine');
  });
});

describe('zsh', () => {
  /** The line after a tab, in an interactive shell on a terminal of its own. */
  async function completed(lines: readonly string[]): Promise<string[]> {
    writeFileSync(
      join(project.folder, 'setup.zsh'),
      `autoload -Uz compinit; compinit -u -D; source ./zsh
show-line() { print -r -- "$BUFFER" > shown.part; mv shown.part shown; BUFFER='' }
zle -N show-line; bindkey '^X' show-line; : > ready
`,
    );
    const typed = lines.map((line) => `type-line '${line.replaceAll("'", String.raw`'\''`)}'`);
    writeFileSync(
      join(project.folder, 'drive.zsh'),
      `zmodload zsh/zpty
wait-for() { local i; for ((i = 0; i < 3000; i++)); do [[ -e $1 ]] && return; zpty -r -t terminal seen; sleep 0.05; done; print "no $1" >&2; exit 1 }
type-line() { zpty -w -n terminal "$1"$'\\t\\x18'; wait-for shown; cat shown; rm shown }
zpty -b terminal zsh -f -i
zpty -w terminal 'source ./setup.zsh'
wait-for ready
${typed.join('\n')}
zpty -d terminal
`,
    );
    return (await inShell('zsh', ['-f', 'drive.zsh'])).replace(/\n$/, '').split('\n');
  }

  test('words, options, values', async (context) => {
    needs('zsh', context);
    expect(
      await completed([
        'tutti sched',
        'tutti schedule res',
        'tutti task list --status pen',
        'tutti --server http://x task ad',
        'tutti task add --prior',
        'tutti status --dry',
        'claude-wrapper confi',
        'tutti why task a',
        'tutti backup a',
      ]),
    ).toEqual([
      'tutti schedule ',
      'tutti schedule resume ',
      'tutti task list --status pending ',
      'tutti --server http://x task add ',
      'tutti task add --priority ',
      'tutti status --dry-run ',
      'claude-wrapper config ',
      'tutti why task a',
      'tutti backup a\\ file.yaml ',
    ]);
  });
});
