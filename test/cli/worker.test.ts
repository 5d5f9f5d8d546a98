import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TaskView } from '../../src/contract/views/task-view.ts';
import { lastingPort } from '../support/lasting-port.ts';
import { failureOf, Project, type Running } from './tutti.ts';

let project: Project;
beforeEach(() => {
  project = new Project();
});
afterEach(() => project.remove());

async function worker(...args: readonly string[]): Promise<Running> {
  const running = project.start(['worker', ...args]);
  await running.until(/is registered and waits for work/);
  return running;
}

async function shown(id: string): Promise<TaskView> {
  const { stdout } = await project.run(['task', 'show', id, '--json']);
  return (JSON.parse(stdout) as { task: TaskView }).task;
}

test('B6: a task runs, and whoever waits for it learns the outcome by exit code', async () => {
  await project.up();
  const running = await worker('--capabilities', 'build,test', '--name', 'w1');
  const good = await project.run(['task', 'add', '--id', 'good', '--run', 'echo done', '-c', 'build', '--wait']);
  expect(good.code).toBe(0);
  const bad = await project.run(['task', 'add', '--id', 'bad', '--run', 'exit 3', '-c', 'test', '--wait']);
  expect([bad.code, failureOf(bad).code]).toEqual([7, 'work_failed']);
  await running.until(/✓ good completed/);
  const [line] = await running.until(/✕ bad failed.*/);
  expect(line).toContain('3');
  expect((await shown('good')).result).toMatchObject({ exit_code: 0, tail: expect.stringContaining('done') });
  running.child.kill('SIGTERM');
  const { code, stderr } = await running.ended;
  expect(code).toBe(0);
  expect(stderr).toContain('w1 has ended: 1 completed, 1 failed, 0 given back.');
});

test('B6: Ctrl-C ends it with 130, gives its task back and leaves no process behind', async () => {
  const { server } = await project.up();
  const running = await worker('--name', 'w1');
  await project.run([
    'task',
    'add',
    '--id',
    'long',
    '--run',
    'echo $$ > pid; sleep 600',
    '--spec',
    `{"env":{"MARK":"${server.instance}"}}`,
  ]);
  await running.until(/◐ long runs/);
  await expect.poll(() => processesWith(`MARK=${server.instance}`)).not.toEqual([]);
  running.child.kill('SIGINT');
  expect((await running.ended).code).toBe(130);
  // A process that was killed is gone a moment later.
  await expect.poll(() => processesWith(`MARK=${server.instance}`)).toEqual([]);
  expect((await shown('long')).status).toBe('pending');
});

test('B6: work goes on while the server restarts, and its result arrives once', async () => {
  const up = ['up', '--detach', '--port', String(await lastingPort())];
  await project.succeed(up);
  const running = await worker('--name', 'w1');
  await project.run([
    'task',
    'add',
    '--id',
    'through',
    '--run',
    'until [ -e "$GO" ]; do sleep 0.1; done',
    '--spec',
    `{"env":{"GO":"${join(project.folder, 'go')}"}}`,
  ]);
  await running.until(/◐ through runs/);
  expect((await project.run(['down'])).stdout).toContain('w1 (through)');
  execFileSync('touch', [join(project.folder, 'go')]);
  await running.until(/lost the server/);
  await project.succeed(up);
  await running.until(/✓ through completed/);
  expect(await shown('through')).toMatchObject({ status: 'completed', attempt: 1 });
  expect((await project.run(['down'])).code).toBe(0);
});

test('B6: a repository is worked on in a worktree of its own', async () => {
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-C', project.folder, '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { encoding: 'utf8' });
  git('init', '-q', '-b', 'main');
  git('commit', '-q', '--allow-empty', '-m', 'first');
  await project.up();
  await worker('--name', 'w1');
  const ran = await project.run(['task', 'add', '--id', 'write', '--run', 'echo hello > hello.txt', '--repo', '.', '--wait']);
  expect(ran.code).toBe(0);
  expect(existsSync(join(project.folder, 'hello.txt'))).toBe(false);
  const { branch, changed_files } = (await shown('write')).result as { branch: string; changed_files: string[] };
  expect(changed_files).toEqual(['hello.txt']);
  expect(git('show', `${branch}:hello.txt`)).toBe('hello\n');
});

test('--json tells every fact on a line of its own; --dry-run starts nothing', async () => {
  await project.up();
  const planned = await project.run(['worker', '-c', 'gpu', '--slots', '2', '--dry-run']);
  expect(JSON.parse(planned.stdout)).toMatchObject({ capabilities: ['gpu'], slots: 2 });
  const running = project.start(['worker', '--name', 'w1', '--json', '--output']);
  await running.until(/"kind":"registered"/);
  await project.run(['task', 'add', '--id', 'a', '--run', 'echo hi', '--wait']);
  running.child.kill('SIGTERM');
  const { stdout } = await running.ended;
  const kinds = stdout
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { kind: string }).kind);
  expect(kinds).toEqual(expect.arrayContaining(['registered', 'assigned', 'started', 'completed', 'ended']));
  expect(kinds.at(-1)).toBe('ended');
});

test('two workers of one name: the second is refused', async () => {
  await project.up();
  await worker('--name', 'w1');
  const ran = await project.run(['worker', '--name', 'w1']);
  expect([ran.code, failureOf(ran).code]).toEqual([6, 'worker_running']);
});

test('a token that may not work ends it with 4', async () => {
  await project.up();
  const { stdout } = await project.run(['token', '--role', 'viewer']);
  const ran = await project.run(['worker'], { env: { TUTTI_TOKEN: stdout.trim() } });
  expect([ran.code, failureOf(ran).code]).toEqual([4, 'forbidden']);
});

/** Ids of processes that carry this in their environment. */
function processesWith(mark: string): number[] {
  const listed = execFileSync('sh', ['-c', 'grep -alz -- "^$0" /proc/[0-9]*/environ 2>/dev/null || true', mark], { encoding: 'utf8' });
  return listed
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Number(line.split('/')[2]));
}

test('C2: a role and a runner that are not there are named', async () => {
  await project.up();
  for (const name of ['nobody', 'constructor']) {
    const role = await project.run(['worker', '--role', name]);
    expect([name, role.code, failureOf(role).code]).toEqual([name, 2, 'role_unknown']);
  }
  const runner = await project.run(['worker', '--runner', 'nobody']);
  expect([runner.code, failureOf(runner).code]).toEqual([2, 'runner_unknown']);
});

test('C2: a worker whose agent program is not there takes no task', async () => {
  const { server } = await project.up();
  const client = project.client(server);
  await client.call('work.add', { id: 't1', type: 'build', title: 'x' });
  for (const program of [
    ['--runner', 'claude', '--program', 'no-such-agent'],
    ['--runner', 'acp', '--program', '/none/agent --acp'],
  ]) {
    const ran = await project.run(['worker', ...program]);
    expect([ran.code, failureOf(ran).code]).toEqual([1, 'runner_unready']);
    expect(ran.stderr).toContain(`its program ${program[3]?.split(' ')[0]} is not there`);
  }
  expect((await client.call('task.show', { task_id: 't1' })).task).toMatchObject({ status: 'pending' });
});
