import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/command-table.ts';
import { longFlag } from '../../src/cli/command.ts';
import { OPERATIONS } from '../../src/contract/operations.ts';
import { failureOf, Project } from './tutti.ts';
import type { Ran } from './ran.ts';
import { GLOBAL_OPTIONS } from '../../src/cli/global-options.ts';
import { WRONG } from './wrong-input.ts';

let project: Project;
beforeAll(() => {
  project = new Project();
});
afterAll(() => project.remove());

/** Commands that speak to a server, as one calls them. */
const NEEDS_SERVER = [
  'down',
  'status',
  'task add --title x',
  'task list',
  'task show a',
  'task cancel a',
  'task retry a',
  'session list',
  'session show a',
  'why task a',
  'why session a',
  'event list',
  'event tail',
  'lock list',
  'message list',
  'knowledge list',
  'call swarm.status',
  'worker',
  'config rules',
  'config set offline_after=60',
  'config get offline_after',
  'capability list',
  'schedule list',
];

beforeAll(() => {
  writeFileSync(join(project.folder, 'bad.yaml'), 'a: [\n');
  writeFileSync(join(project.folder, 'empty.yaml'), 'tasks: []\n');
  writeFileSync(join(project.folder, 'unknown.yaml'), '- title: x\n  colour: red\n');
});

describe('wrong input ends with 2 and names what is wrong', () => {
  test('every command is tried', () => {
    expect(new Set(Object.keys(WRONG))).toEqual(new Set(COMMANDS.map(({ path }) => path)));
  });

  /** Tried with the program itself: the first wants more of it than a parser, the others show that it makes no difference. */
  const forReal = ['event verify', 'task add', 'up'];

  test.each(Object.entries(WRONG).flatMap(([path, calls]) => (path === 'event verify' ? [] : calls)))(
    'tutti %s: %s',
    async (args, names) => {
      expectUsage(await project.runHere(args.split(' ')), names);
    },
  );

  test.each(forReal.flatMap((path) => (WRONG[path] ?? []).slice(0, 1)))('tutti %s: %s, as a program', async (args, names) => {
    expectUsage(await project.run(args.split(' ')), names);
  });
});

function expectUsage(ran: Ran, names: string): void {
  expect(ran.code).toBe(2);
  expect(failureOf(ran).why).toContain(names);
  expect(failureOf(ran).next).toContain('--help');
  expect(ran.stdout).toBe('');
}

describe('without a server', () => {
  test.each(NEEDS_SERVER)('tutti %s ends with 5 and says how to start one', async (args) => {
    const ran = await project.runHere(args.split(' '));
    expect(ran.code).toBe(5);
    expect(failureOf(ran)).toMatchObject({ code: 'server_not_found', next: expect.stringContaining('tutti up') });
    expect(ran.stdout).toBe('');
  });

  test('an address where nothing answers: server_unreachable', async () => {
    const ran = await project.run(['status', '--server', 'http://127.0.0.1:1234']);
    expect([ran.code, failureOf(ran).code]).toEqual([5, 'server_unreachable']);
  });

  test.each(['logs', 'token'])('tutti %s says that there is no data folder', async (args) => {
    const ran = await project.run(args.split(' '));
    expect([ran.code, failureOf(ran).code]).toEqual([3, 'data_folder_missing']);
  });

  test('an invalid configuration file is named', async () => {
    const other = new Project();
    mkdirSync(other.data);
    writeFileSync(join(other.data, 'config.yaml'), 'prot: 1\n');
    const ran = await other.run(['status']);
    await other.remove();
    expect(ran.code).toBe(2);
    expect(failureOf(ran)).toMatchObject({ code: 'config_invalid', why: expect.stringContaining('prot: unknown field') });
  });
});

describe('did you mean', () => {
  test.each([
    ['statsu', '`tutti status`'],
    ['tsak list', '`tutti task`'],
    ['task lst', '`tutti task list`'],
    ['task add --titel x', '`--title`'],
    ['knowledge put a b --expect 1', '`--expected-version`'],
    ['resource set gpu --capacity 2', '`tutti resource set <resource> [capacity]`'],
  ])('tutti %s: %s', async (args, meant) => {
    expect(failureOf(await project.runHere(args.split(' '))).next).toContain(`Did you mean ${meant}?`);
  });
});

test('F10: tutti why with an id alone says what to type', async () => {
  const ran = await project.runHere(['why', 'build-001']);
  expect([ran.code, failureOf(ran).why, failureOf(ran).next]).toEqual([
    2,
    expect.stringContaining("Unknown command 'build-001'."),
    'Say what it is: `tutti why task build-001` or `tutti why session build-001`.',
  ]);
});

test('too many arguments: the command is shown as it is typed', async () => {
  const { next } = failureOf(await project.runHere(['message', 'send', 'bob', 'hello']));
  expect(next).toBe('It is `tutti message send <text>`, with options. `tutti message send --help` shows how.');
});

describe('the form of errors', () => {
  test('with --json it is one line of JSON on stderr', async () => {
    const ran = await project.run(['task', 'list', '--json']);
    expect(ran.stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(ran.stderr)).toMatchObject({
      error: {
        code: 'server_not_found',
        exit: 5,
        retryable: false,
        message: expect.any(String),
        hint: expect.stringContaining('tutti up'),
      },
    });
  });

  test('nothing that was typed can change the terminal', async () => {
    const ran = await project.run(['task', 'add', '--file', '\u001b[2J\u001b]0;x\u0007gone']);
    expect(ran.stderr).not.toContain('\u001b');
    expect(failureOf(ran).why).toContain('gone cannot be read');
  });
});

describe('help', () => {
  test.each(['--help', '-h', 'help', ''])('tutti %s lists every command, and needs no server', async (args) => {
    const ran = await project.runHere(args === '' ? [] : [args]);
    expect(ran.code).toBe(0);
    expect(ran.stderr).toBe('');
    for (const word of new Set(COMMANDS.map(({ path }) => path.split(' ')[0]))) expect(ran.stdout).toMatch(new RegExp(`^  ${word} `, 'm'));
  });

  test.each(COMMANDS.map(({ path }) => path))('tutti %s --help: usage, examples, common options, options', async (path) => {
    const command = COMMANDS.find((each) => each.path === path);
    const { code, stdout } = await project.runHere([...path.split(' '), '--help']);
    expect(code).toBe(0);
    const places = ['Usage:', 'Examples:', 'Options of every command:', 'Docs:'].map((heading) => stdout.indexOf(`\n${heading}`));
    expect(places.toSorted((a, b) => a - b)).toEqual(places);
    expect(places).not.toContain(-1);
    for (const { run } of command?.examples ?? []) expect(stdout).toContain(run);
    for (const { flags } of command?.options ?? []) expect(stdout).toContain(longFlag(flags));
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  test('a word with commands below it lists them', async () => {
    const { code, stdout } = await project.run(['task']);
    expect(code).toBe(0);
    for (const word of ['add', 'list', 'show', 'cancel', 'retry']) expect(stdout).toMatch(new RegExp(`^  ${word}`, 'm'));
  });

  test('--version after a command is not the version of the program', async () => {
    const ran = await project.runHere(['knowledge', 'get', 'x', '--version', '1']);
    expect([ran.code, failureOf(ran).why]).toEqual([2, expect.stringContaining('tutti knowledge get has no such option')]);
  });

  test('--version', async () => {
    expect(await project.run(['--version'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });
});

test('each operation of a noun that the command line knows is a command, or for agents only', () => {
  const forAgents = [
    'session.register',
    'session.heartbeat',
    'session.deregister',
    'work.request',
    'work.claim',
    'work.update',
    'work.complete',
    'work.park',
    'usage.report',
    'hosted.report',
    // What `event archive --list` says, without a server too.
    'event.archive',
    // What `session attach` and `session screen` do in one.
    'terminal.show',
    'terminal.take',
    'terminal.release',
    'terminal.input',
    'terminal.resize',
  ];
  const reached = COMMANDS.flatMap((command) =>
    'operation' in command && !['task requeue', 'task rework'].includes(command.path)
      ? [String(command.operation), ...(command.alike === undefined ? [] : [command.alike])]
      : [],
  );
  const nouns = new Set(reached.map((name) => name.split('.')[0]));
  const expected = Object.keys(OPERATIONS).filter((name) => nouns.has(name.split('.')[0]) && !forAgents.includes(name));
  expect(new Set(reached)).toEqual(new Set(expected));
  expect(reached).toHaveLength(new Set(reached).size);
});

test('no option of a command hides one that every command has', () => {
  const everywhere = new Set([...GLOBAL_OPTIONS.map(({ flags }) => longFlag(flags)), '--version', '--help']);
  const hidden = COMMANDS.flatMap(({ path, options }) =>
    (options ?? [])
      .map(({ flags }) => longFlag(flags))
      .filter((flag) => everywhere.has(flag))
      .map((flag) => `${path} ${flag}`),
  );
  expect(hidden).toEqual([]);
});
