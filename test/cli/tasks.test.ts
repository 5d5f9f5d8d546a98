import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TuttiClient } from '../../src/client/client.ts';
import type { TaskView } from '../../src/contract/views/task-view.ts';
import { failureOf, Project } from './tutti.ts';
import type { Ran } from './ran.ts';

let project: Project;
let client: TuttiClient;
beforeAll(async () => {
  project = new Project();
  const { server } = await project.up();
  client = project.client(server);
});
afterAll(() => project.remove());

async function taskOf(id: string): Promise<TaskView> {
  return (await client.call('task.show', { task_id: id })).task;
}

/** Lets a session take the task and end it. */
async function work(id: string, status: 'completed' | 'failed'): Promise<void> {
  await client.call('session.register', { session_id: `for-${id}`, capabilities: ['special'], wants_work: false });
  await client.call('work.claim', { session_id: `for-${id}`, task_id: id });
  await client.call('work.complete', { session_id: `for-${id}`, task_id: id, status, result: { exit_code: status === 'failed' ? 1 : 0 } });
}

function linesOf({ stdout }: Ran): string[] {
  return stdout.trimEnd().split('\n');
}

describe('tutti task add', () => {
  test('makes a task of its flags, and writes its id to stdout and nothing else', async () => {
    const ran = await project.run(
      [
        'task',
        'add',
        '-t',
        'All of it',
        '-r',
        'make',
        '-p',
        '8',
        '-c',
        'special',
        '--type',
        'build',
        '--repo',
        'sub',
        '--base',
        'main',
      ].concat(['--run-timeout', '60', '--max-attempts', '3', '--backoff', '1', '--estimate', '2', '--spec', '{"env":{"A":"1"}}']),
    );
    expect(ran.code).toBe(0);
    const [id] = linesOf(ran);
    expect(await taskOf(id ?? '')).toMatchObject({
      id: 'build-001',
      title: 'All of it',
      priority: 8,
      required_capability: 'special',
      max_attempts: 3,
      estimated_hours: 2,
      spec: { run: 'make', repository: join(project.folder, 'sub'), base: 'main', timeout_seconds: 60, env: { A: '1' } },
    });
    expect(ran.stderr).toContain('▲ not running: No session has the capability special');
    expect(ran.stderr).toContain('tutti worker --capabilities special');
  });

  test('the title defaults to the command, dependencies may be listed and repeated', async () => {
    await project.run(['task', 'add', '--id', 'first', '--title', 'a', '--json']);
    await project.run(['task', 'add', '--id', 'second', '--title', 'b']);
    await project.run(['task', 'add', '--id', 'third', '--title', 'c']);
    const ran = await project.run(['task', 'add', '--id', 'last', '--run', 'echo hi', '-d', 'first,second', '-d', 'third', '--critical']);
    expect(ran.code).toBe(0);
    expect(await taskOf('last')).toMatchObject({ title: 'echo hi', dependencies: ['first', 'second', 'third'] });
  });

  test('a spec from a file', async () => {
    writeFileSync(join(project.folder, 'spec.md'), 'Do this,\nthen that.');
    await project.run(['task', 'add', '--id', 'from-file', '--title', 'x', '--spec', '@spec.md']);
    expect((await taskOf('from-file')).spec).toBe('Do this,\nthen that.');
  });

  test.each([
    ['YAML', 'many.yaml', '- {id: y-1, title: one}\n- {id: y-2, title: two, type: test, dependencies: [y-1]}\n', ['y-1', 'y-2']],
    ['JSON', 'many.json', '{"tasks":[{"id":"j-1","title":"one"},{"id":"j-2","title":"two"}]}', ['j-1', 'j-2']],
  ])('many from %s, all or none', async (_kind, file, text, ids) => {
    writeFileSync(join(project.folder, file), text);
    const ran = await project.run(['task', 'add', '--file', file]);
    expect(linesOf(ran)).toEqual(ids);
    writeFileSync(join(project.folder, file), text.replace('two', 'other').replaceAll('-1', '-9'));
    const again = await project.run(['task', 'add', '--file', file]);
    expect([again.code, failureOf(again).code]).toEqual([6, 'task_exists']);
    expect(again.stdout).toBe('');
  });

  test('many from stdin', async () => {
    const ran = await project.run(['task', 'add', '--file', '-', '--json'], {
      input: '[{"title":"a","type":"stdin"},{"title":"b","type":"stdin"}]',
    });
    expect(JSON.parse(ran.stdout)).toEqual({ status: 'added', task_id: 'stdin-001', task_ids: ['stdin-001', 'stdin-002'] });
  });

  test('--dry-run shows what it would send and adds nothing', async () => {
    const ran = await project.run(['task', 'add', '--id', 'never', '--run', 'ls', '--dry-run']);
    expect(JSON.parse(ran.stdout)).toEqual({ type: 'task', id: 'never', title: 'ls', spec: { run: 'ls' } });
    await expect(taskOf('never')).rejects.toMatchObject({ code: 'task_unknown' });
  });

  test.each([
    ['an unknown dependency', ['--id', 'x', '--title', 'x', '-d', 'nobody'], 6, 'dependency_unknown'],
    ['an id that exists', ['--id', 'first', '--title', 'other'], 6, 'task_exists'],
  ])('%s is refused', async (_what, args, code, failure) => {
    const ran = await project.run(['task', 'add', ...args]);
    expect([ran.code, failureOf(ran).code]).toEqual([code, failure]);
  });
});

describe('--wait', () => {
  test('ends with 0 once the task is completed, and prints it', async () => {
    const running = project.start(['task', 'add', '--id', 'good', '--title', 'Good', '--wait', '--json']);
    await running.until(/waiting for the end/);
    await work('good', 'completed');
    const ran = await running.ended;
    expect(ran.code).toBe(0);
    expect(JSON.parse(ran.stdout)).toMatchObject({ tasks: [{ id: 'good', status: 'completed' }] });
  });

  test('ends with 7 when one of several fails', async () => {
    const running = project.start(['task', 'add', '--file', '-', '--wait']);
    running.child.stdin?.end('[{"id":"pair-1","title":"a"},{"id":"pair-2","title":"b"}]');
    await running.until(/waiting for the end/);
    await work('pair-2', 'failed');
    await work('pair-1', 'completed');
    const ran = await running.ended;
    expect(ran.code).toBe(7);
    expect(failureOf(ran)).toMatchObject({
      code: 'work_failed',
      why: expect.stringContaining('pair-2'),
      next: expect.stringContaining('tutti task show pair-2'),
    });
    expect(ran.stdout).toContain('✓ completed');
    expect(ran.stdout).toContain('✕ failed');
  });

  test('ends with 8 at the timeout', async () => {
    const ran = await project.run(['task', 'add', '--id', 'slow', '--title', 'Slow', '--wait', '--timeout', '0.2']);
    expect([ran.code, failureOf(ran).code]).toEqual([8, 'work_pending']);
  });

  test('task show and task retry wait as well; a retried task must end anew', async () => {
    await client.call('work.add', { id: 'twice', type: 'a', title: 'Twice' });
    await work('twice', 'failed');
    expect((await project.run(['task', 'show', 'twice', '--wait'])).code).toBe(7);
    const running = project.start(['task', 'retry', 'twice', '--wait', '--timeout', '600']);
    await expect.poll(async () => (await taskOf('twice')).status).toBe('pending');
    await work('twice', 'completed');
    expect((await running.ended).code).toBe(0);
  });

  test('says once why a task cannot go on until somebody acts', async () => {
    await client.call('work.add', { id: 'base', type: 'a', title: 'Base' });
    const running = project.start(['task', 'add', '--id', 'next', '--title', 'Next', '-d', 'base', '--wait']);
    await running.until(/waiting for the end/);
    await work('base', 'failed');
    await running.until(/next:\n.*not running: It waits until these are retried and complete: base \(failed\)/);
    await client.call('task.retry', { task_id: 'base' });
    await work('base', 'completed');
    await work('next', 'completed');
    const ran = await running.ended;
    expect([ran.code, ran.stderr.split('not running').length]).toEqual([0, 2]);
  });

  test('Ctrl-C ends the waiting with 130, and the task stays', async () => {
    const running = project.start(['task', 'add', '--id', 'stays', '--title', 'Stays', '--wait']);
    await running.until(/waiting for the end/);
    running.child.kill('SIGINT');
    expect((await running.ended).code).toBe(130);
    expect((await taskOf('stays')).status).toBe('pending');
  });
});

describe('tutti task show', () => {
  test('a running task: who, since when, spec, history', async () => {
    await client.call('work.add', { id: 'runs', type: 'a', title: 'Runs', spec: { run: 'make' } });
    await client.call('session.register', { session_id: 'runner', capabilities: [], wants_work: false });
    await client.call('work.claim', { session_id: 'runner', task_id: 'runs' });
    await client.call('work.update', { session_id: 'runner', task_id: 'runs', progress: 0.5, details: 'half of it' });
    const { code, stdout } = await project.run(['task', 'show', 'runs']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^state +◐ in progress 50 %$/m);
    expect(stdout).toMatch(/^session +runner · lease \d+ · since \d+[sm].*$/m);
    expect(stdout).toMatch(/^ {2}run: make$/m);
    expect(stdout).toMatch(/progressed .* 50 % · half of it$/m);
  });

  test('a waiting task says what it waits for', async () => {
    await client.call('work.add', { id: 'waits', type: 'a', title: 'Waits', dependencies: ['runs'] });
    expect((await project.run(['task', 'show', 'waits'])).stdout).toContain('▲ not running: It waits for 1 of its dependencies: runs');
    await client.call('work.add', { id: 'nobody-can', type: 'a', title: 'Nobody can', required_capability: 'quantum' });
    const { stdout } = await project.run(['task', 'show', 'nobody-can']);
    expect(stdout).toContain('▲ not running: No session has the capability quantum.');
    expect(stdout).toContain('tutti worker --capabilities quantum');
  });

  test('--json is the answer of the operation', async () => {
    const { stdout } = await project.run(['task', 'show', 'waits', '--json']);
    expect(JSON.parse(stdout)).toEqual(await client.call('task.show', { task_id: 'waits' }));
  });

  test('what agents wrote cannot touch the terminal', async () => {
    const evil = '\u001b[2J\u001b]52;c;ZXZpbA==\u0007evil\u202e\r\nnext';
    await client.call('work.add', { id: 'evil', type: 'a', title: evil, spec: evil });
    await client.call('session.register', { session_id: 'bad', capabilities: [], wants_work: false });
    await client.call('work.claim', { session_id: 'bad', task_id: 'evil' });
    await client.call('work.complete', { session_id: 'bad', task_id: 'evil', status: 'failed', result: { [`\u001b[1mkey`]: evil } });
    for (const args of ['task show evil', 'task list', 'event list', 'task show evil --json', 'event list --json']) {
      const { code, stdout } = await project.run(args.split(' '));
      expect(code).toBe(0);
      expect(stdout).toContain('evil');
      // eslint-disable-next-line eslint/no-control-regex -- they are what must not be there
      expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    }
  });

  test('an unknown one ends with 3', async () => {
    const ran = await project.run(['task', 'show', 'nobody']);
    expect([ran.code, failureOf(ran).code]).toEqual([3, 'task_unknown']);
  });
});

describe('tutti task list', () => {
  test('is aligned, filtered and paged', async () => {
    const { stdout } = await project.run(['task', 'list']);
    const [head, ...rows] = stdout.trimEnd().split('\n');
    const column = head?.indexOf('STATE') ?? 0;
    for (const row of rows) expect(row.slice(column)).toMatch(/^[○◔◐✓✕–] \w/);
    const failed = await project.run(['task', 'list', '--status', 'failed', '--json']);
    const { tasks } = JSON.parse(failed.stdout) as { tasks: TaskView[] };
    expect(new Set(tasks.map(({ status }) => status))).toEqual(new Set(['failed']));
    const page = await project.run(['task', 'list', '--limit', '2']);
    expect(linesOf(page)).toHaveLength(3);
    const cursor = /--cursor (\S+)/.exec(page.stderr)?.[1] ?? '';
    expect(linesOf(await project.run(['task', 'list', '--limit', '1', '--cursor', cursor]))).toHaveLength(2);
  });

  test('an empty one says so on stderr and leaves stdout empty', async () => {
    const ran = await project.run(['task', 'list', '--type', 'nothing']);
    expect(ran).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('No tasks') });
  });
});

describe('tutti task cancel and retry', () => {
  test('a task is cancelled with its reason, once, and runs again', async () => {
    await client.call('work.add', { id: 'stop', type: 'a', title: 'Stop' });
    const cancelled = await project.run(['task', 'cancel', 'stop', '--reason', 'wrong branch']);
    expect(cancelled).toMatchObject({ code: 0, stdout: 'stop is cancelled.\n' });
    expect(await taskOf('stop')).toMatchObject({ status: 'cancelled', failure: expect.stringContaining('wrong branch') });
    expect(await project.run(['task', 'retry', 'stop', '--json'])).toMatchObject({ code: 0 });
    expect((await taskOf('stop')).status).toBe('pending');
    const early = await project.run(['task', 'retry', 'stop']);
    expect([early.code, failureOf(early).code]).toEqual([6, 'task_not_terminal']);
  });

  test('what has completed stays so', async () => {
    await client.call('work.add', { id: 'over', type: 'a', title: 'Over' });
    await work('over', 'completed');
    const ran = await project.run(['task', 'cancel', 'over']);
    expect([ran.code, failureOf(ran).code]).toEqual([6, 'task_terminal']);
  });

  test('running work is cancelled without a question where nobody can be asked', async () => {
    await client.call('work.add', { id: 'busy', type: 'a', title: 'Busy' });
    await client.call('session.register', { session_id: 'busy-one', capabilities: [], wants_work: false });
    await client.call('work.claim', { session_id: 'busy-one', task_id: 'busy' });
    expect((await project.run(['task', 'cancel', 'busy', '--json'])).code).toBe(0);
    expect((await taskOf('busy')).status).toBe('cancelled');
  });

  test.each([
    ['cancel', 'task_unknown'],
    ['retry', 'task_unknown'],
  ])('task %s of an unknown task ends with 3', async (verb, failure) => {
    const ran = await project.run(['task', verb, 'nobody']);
    expect([ran.code, failureOf(ran).code]).toEqual([3, failure]);
  });
});
