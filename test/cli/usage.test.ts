import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/command-table.ts';
import { longFlag } from '../../src/cli/command.ts';
import { OPERATIONS } from '../../src/contract/operations.ts';
import { failureOf, Project } from './tutti.ts';

let project: Project;
beforeAll(() => {
  project = new Project();
});
afterAll(() => project.remove());

/** Wrong input per command: arguments and what the second line must name. */
const WRONG: Readonly<Record<string, readonly (readonly [args: string, names: string])[]>> = {
  up: [
    ['up --port many', '--port: must be a number'],
    ['up --port 70000', '--port: must be at most 65535'],
    ['up --journal postgres:x', '--journal: must be'],
    ['up --log-level loud', '--log-level: must be'],
    ['up extra', 'Too many arguments'],
  ],
  start: [['start --port -1', '--port: must be at least 0']],
  down: [
    ['down --timeout soon', '--timeout: soon is not a number'],
    ['down --timeout -1', '--timeout: -1 is less than 0'],
    ['down --server http://127.0.0.1:1', 'name its data folder'],
  ],
  'colleague list': [['colleague list --status x', 'Allowed choices are open, started, declined, withdrawn']],
  'colleague request': [['colleague request', "argument 'role'"]],
  'colleague settle': [['colleague settle', "argument 'request'"]],
  'decision answer': [
    ['decision answer', "argument 'decision'"],
    ['decision answer decision-001', "argument 'answer'"],
  ],
  'decision ask': [['decision ask', "argument 'question'"]],
  'decision list': [['decision list --status x', 'Allowed choices are open, answered, withdrawn']],
  'decision show': [['decision show', "argument 'decision'"]],
  'decision vote': [['decision vote decision-001', "argument 'answer'"]],
  'decision withdraw': [['decision withdraw', "argument 'decision'"]],
  'inbox list': [['inbox list --kind x', 'Allowed choices are permission']],
  'inbox show': [['inbox show', "argument 'item'"]],
  'signal list': [['signal list --severity x', 'Unknown option']],
  'signal raise': [['signal raise', "argument 'type'"]],
  'signal resolve': [['signal resolve', "argument 'signal'"]],
  'signal show': [['signal show', "argument 'signal'"]],
  hook: [['hook', "argument 'agent'"]],
  install: [
    ['install', "argument 'agent'"],
    ['install emacs', 'agent: one of claude, codex, gemini, opencode'],
  ],
  mcp: [['mcp extra', 'Too many arguments']],
  status: [
    ['status --server not-an-address', '--server: must be an http or https address'],
    ['status --swarm Größe', '--swarm: must be lower-case'],
    ['status --wait', 'nothing to wait for'],
  ],
  'task add': [
    ['task add', 'needs --title'],
    ['task add --title x --priority 11', '--priority: must be at most 10'],
    ['task add --title x --priority high', '--priority: high is not a number'],
    ['task add --title x --id -bad-', '--id: must be 1 to 128 characters'],
    ['task add --title x --capability a/b', '--capability: must be'],
    ['task add --title x --roi huge', 'Allowed choices are low, medium, high'],
    ['task add --title x --spec {nope', '--spec: not valid JSON'],
    ['task add --title x --spec @nowhere', '--spec: nowhere cannot be read'],
    ['task add --title x --spec text --run ls', '--spec as text cannot be joined'],
    ['task add --file nowhere.yaml', '--file: nowhere.yaml cannot be read'],
    ['task add --file bad.yaml', 'neither YAML nor JSON'],
    ['task add --file empty.yaml', 'holds no list of tasks'],
    ['task add --file unknown.yaml', 'tasks[0].colour: unknown field'],
    ['task add --file unknown.yaml --title x', '--file cannot be joined with --title'],
    ['task add --title x --resource =2', '--resource: =2 is not of the form name=amount'],
    ['task add --title x --concurrency api', '--concurrency: api is not of the form key=limit'],
    ['task add --titel x', "Unknown option '--titel'"],
  ],
  'task list': [
    ['task list --status done', 'Allowed choices are pending'],
    ['task list --limit 0', '--limit: must be at least 1'],
  ],
  'task show': [
    ['task show', "Missing required argument 'task'"],
    ['task show a/b', 'task_id: must be'],
  ],
  'task cancel': [
    ['task cancel a --at 12', 'tutti task cancel takes no --at'],
    ['task cancel', 'Name tasks, or choose them'],
    ['task cancel a --group g', 'Name tasks, or a filter, not both'],
  ],
  'task retry': [['task retry --status done', 'Allowed choices are pending']],
  'task requeue': [['task requeue a --group g', 'Name tasks, or a filter, not both']],
  'task reprioritise': [
    ['task reprioritise a', '--priority: missing'],
    ['task reprioritise a b -p 11', '--priority: must be at most 10'],
  ],
  'task dead': [['task dead --limit 0', '--limit: must be at least 1']],
  'task group': [['task group a b', 'Too many arguments']],
  'task suspend': [['task suspend --wait-for a', 'This is no task']],
  pause: [['pause --session', 'argument missing']],
  resume: [['resume everything', 'Too many arguments']],
  'session list': [['session list --status asleep', 'Allowed choices are idle, busy, offline']],
  'session show': [['session show', "Missing required argument 'session'"]],
  'why task': [['why task', "Missing required argument 'task'"]],
  'why session': [['why session', "Missing required argument 'session'"]],
  'why estimates': [['why estimates --nope', 'Unknown option']],
  'event list': [['event list --since -1', '--since: must be at least 0']],
  'event tail': [
    ['event tail --since start', '--since: start is not a number'],
    ['event tail --at 12', 'tutti event tail takes no --at'],
  ],
  'event diff': [['event diff soon', 'from: soon is no moment']],
  'event what-if': [['event what-if --sessions some', '--sessions: some is not a number']],
  'event fork': [['event fork Größe', 'Größe is no name of a swarm']],
  backup: [['backup', "Missing required argument 'folder'"]],
  restore: [['restore', "Missing required argument 'folder'"]],
  'event export': [['event export --until soon', '--until: soon is no moment']],
  'event import': [['event import', "Missing required argument 'file'"]],
  'event verify': [['event verify log.jsonl --repair-into there', 'A file is not repaired']],
  call: [
    ['call task.lst', 'There is no operation task.lst'],
    ['call task.show {nope', 'input: not valid JSON'],
    ['call task.show', 'task_id: missing'],
    ['call task.show text', 'takes a JSON object'],
  ],
  'knowledge put': [
    ['knowledge put api', "Missing required argument 'content'"],
    ['knowledge put /api text', 'topic: must be 1 to 256 characters'],
    ['knowledge put api @nowhere', 'content: nowhere cannot be read'],
    ['knowledge put api text --expected-version x', '--expected-version: x is not a whole number'],
    ['knowledge put api text --commit xyz', 'must be a commit'],
  ],
  'knowledge get': [['knowledge get api --at x', '--at: x is no moment']],
  'knowledge list': [['knowledge list --limit 0', '--limit: must be at least 1']],
  'knowledge search': [
    ['knowledge search', "Missing required argument 'word'"],
    ['knowledge search api --limit 51', '--limit: must be at most 50'],
  ],
  'knowledge history': [['knowledge history', "Missing required argument 'topic'"]],
  'knowledge delete': [['knowledge delete', "Missing required argument 'topic'"]],
  'message send': [
    ['message send', "Missing required argument 'text'"],
    ['message send hello', '--to: missing'],
    ['message send hello --to w1 --priority 11', '--priority: must be at most 10'],
    ['message send hello --to w1 --channel all', '--to: unknown field'],
    ['message send @nowhere --to w1', 'text: nowhere cannot be read'],
  ],
  'message list': [['message list --limit 101', '--limit: must be at most 100']],
  'message receive': [['message receive --limit 0', '--limit: must be at least 1']],
  'message read': [
    ['message read', "Missing required argument 'message'"],
    ['message read first', 'message: first is not a whole number'],
  ],
  'message show': [['message show 0', 'message_id: must be more than 0']],
  'message channels': [['message channels --limit 0', '--limit: must be at least 1']],
  'message subscribe': [['message subscribe #builds', 'channel: must be 1 to 64 characters']],
  'message unsubscribe': [['message unsubscribe', "Missing required argument 'channel'"]],
  host: [['host extra', 'Too many arguments']],
  'session attach': [['session attach', "Missing required argument 'session'"]],
  'session screen': [['session screen x --lines y', '--lines: y is not a whole number']],
  'budget list': [['budget list extra', 'Too many arguments']],
  'budget set': [
    ['budget set --tokens x', '--tokens: x is not a whole number'],
    ['budget set --cost lots', '--cost: lots is not a number'],
  ],
  'budget show': [['budget show --task', 'argument missing']],
  'lock list': [['lock list --limit 0', '--limit: must be at least 1']],
  'lock acquire': [
    ['lock acquire', "Missing required argument 'name'"],
    ['lock acquire deploy', '--session: missing'],
    ['lock acquire deploy --session w1 --ttl 0', '--ttl: must be at least 1'],
  ],
  'lock renew': [['lock renew deploy --session w1 --token x', '--token: x is not a whole number']],
  'lock release': [['lock release deploy', '--session: missing']],
  'lock check': [['lock check deploy', '--token: missing']],
  'schedule add': [
    ['schedule add nightly', "Missing required argument 'cron'"],
    ['schedule add nightly @daily', 'needs --title'],
    ['schedule add nightly @daily -t x --jitter -1', '--jitter: -1 is less than 0'],
    ['schedule add nightly @daily -t x --overlap never', 'Allowed choices are allow, skip, queue'],
    ['schedule add nightly @daily -t x --depends-on a', "Unknown option '--depends-on'"],
    ['schedule add a/b @daily -t x', 'schedule_id: must be 1 to 64 characters'],
  ],
  'schedule list': [['schedule list --limit 0', '--limit: must be at least 1']],
  'schedule show': [['schedule show', "Missing required argument 'schedule'"]],
  'schedule pause': [['schedule pause', "Missing required argument 'schedule'"]],
  'schedule resume': [['schedule resume a/b', 'schedule_id: must be 1 to 64 characters']],
  'schedule remove': [['schedule remove', "Missing required argument 'schedule'"]],
  'schedule run': [['schedule run a b', 'Too many arguments']],
  metrics: [['metrics everything', 'Too many arguments']],
  'resource list': [['resource list --limit 0', '--limit: must be at least 1']],
  'resource show': [['resource show', "Missing required argument 'resource'"]],
  'resource set': [
    ['resource set gpu', 'needs a capacity, or --ports'],
    ['resource set gpu 2 --ports 8000-8010', 'needs a capacity, or --ports'],
    ['resource set gpu many', 'capacity: many is not a whole number'],
    ['resource set web --ports 8000', '--ports: 8000 is not of the form from-to'],
  ],
  'resource remove': [['resource remove a/b', 'resource: must be 1 to 64 characters']],
  'limit list': [['limit list everything', 'Too many arguments']],
  'limit set': [
    ['limit set', "Missing required argument 'key'"],
    ['limit set api --rate 5', '--rate: 5 is not of the form count/seconds'],
    ['limit set api --concurrency -1', '--concurrency: -1 is not a whole number'],
  ],
  'limit remove': [['limit remove', "Missing required argument 'key'"]],
  'capability list': [['capability list everything', 'Too many arguments']],
  'capability show': [['capability show a/b', 'capability: must be 1 to 64 characters']],
  'capability define': [
    ['capability define gpu', '--description: missing'],
    ['capability define gpu -d x --time-multiplier 0', '--time-multiplier: must be at least 0.01'],
    ['capability define gpu -d x --detect-types build', 'takes both --detect-types and --detect-more-than'],
  ],
  'capability remove': [['capability remove', "Missing required argument 'capability'"]],
  'capability detect': [['capability detect --session a/b', '--session: must be 1 to 128 characters']],
  'capability grant': [['capability grant w1', "Missing required argument 'capability'"]],
  worker: [
    ['worker --slots 0', '--slots: must be at least 1'],
    ['worker --capabilities a/b', '--capabilities'],
  ],
  'config get': [['config get nope', 'no configuration value nope']],
  'config rules': [['config rules --nope', "Unknown option '--nope'"]],
  'config set': [
    ['config set', 'Missing required argument'],
    ['config set offline_after', 'not of the form rule=value'],
    ['config set offline_after soon', 'settings.offline_after: must be a number'],
    ['config set offline_after=soon', 'settings.offline_after: must be a number'],
    ['config set nope=1', 'settings.nope: unknown field'],
  ],
  token: [['token --role king', 'Allowed choices are viewer, worker, operator, admin']],
  open: [['open everything', 'Too many arguments']],
  completion: [
    ['completion', "Missing required argument 'shell'"],
    ['completion tcsh', 'There is no completion for tcsh; there is for bash, zsh, fish'],
  ],
  doctor: [['doctor everything', 'Too many arguments']],
  logs: [['logs --lines all', '--lines: all is not a whole number']],
};

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

  test.each(Object.values(WRONG).flat())('tutti %s: %s', async (args, names) => {
    const ran = await project.run(args.split(' '));
    expect(ran.code).toBe(2);
    expect(failureOf(ran).why).toContain(names);
    expect(failureOf(ran).next).toContain('--help');
    expect(ran.stdout).toBe('');
  });
});

describe('without a server', () => {
  test.each(NEEDS_SERVER)('tutti %s ends with 5 and says how to start one', async (args) => {
    const ran = await project.run(args.split(' '));
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
  ])('tutti %s: %s', async (args, meant) => {
    expect(failureOf(await project.run(args.split(' '))).next).toContain(`Did you mean ${meant}?`);
  });
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
    const ran = await project.run(args === '' ? [] : [args]);
    expect(ran.code).toBe(0);
    expect(ran.stderr).toBe('');
    for (const word of new Set(COMMANDS.map(({ path }) => path.split(' ')[0]))) expect(ran.stdout).toMatch(new RegExp(`^  ${word} `, 'm'));
  });

  test.each(COMMANDS.map(({ path }) => path))('tutti %s --help: usage, examples, common options, options', async (path) => {
    const command = COMMANDS.find((each) => each.path === path);
    const { code, stdout } = await project.run([...path.split(' '), '--help']);
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
  ];
  const reached = COMMANDS.flatMap((command) =>
    'operation' in command && command.path !== 'task requeue'
      ? [String(command.operation), ...(command.alike === undefined ? [] : [command.alike])]
      : [],
  );
  const nouns = new Set(reached.map((name) => name.split('.')[0]));
  const expected = Object.keys(OPERATIONS).filter((name) => nouns.has(name.split('.')[0]) && !forAgents.includes(name));
  expect(new Set(reached)).toEqual(new Set(expected));
  expect(reached).toHaveLength(new Set(reached).size);
});
