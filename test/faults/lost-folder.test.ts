/**
 * Two real servers on one data folder: the log of the first breaks, so that it lets go of the folder, it is stopped, and the
 * second takes the folder, or that of one of its swarms. The first finds that out when it goes on: it ends, or goes on too once the
 * second has gone.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Announced, Project, type Running } from '../cli/tutti.ts';
import { temporaryFolder } from '../journal/temporary-folder.ts';
import { buildShim, type DiskMode } from './faulty-server.ts';

const PATIENCE = { timeout: 200_000, interval: 50 };
const PATIENT = { timeout: 500_000 };
const NO_COMPILER = 'a failing disk needs a C compiler to be injected';

interface Up {
  readonly running: Running;
  readonly server: Announced;
}

/** A server on a disk that obeys. */
async function serveOn(project: Project, library: string): Promise<Up & { readonly disk: (mode: DiskMode) => void }> {
  const file = join(project.folder, 'disk');
  const disk = (mode: DiskMode): void => writeFileSync(file, mode);
  disk('sound');
  const running = project.start(['up', '--port', '0', '--json'], { LD_PRELOAD: library, DISK_SHIM: file });
  const [line] = await running.until(/^\{.*\}$/m);
  return { running, server: JSON.parse(line) as Announced, disk };
}

/** What came of adding a task: `added`, or the code of the failure. */
async function add(project: Project, server: Announced, id: string, swarm = 'default'): Promise<string> {
  return project
    .client(server, swarm)
    .call('work.add', { id, type: 'build', title: id })
    .then(
      () => 'added',
      (error: { readonly code?: string }) => error.code ?? 'no code',
    );
}

/** Breaks the first server's log, stops it, and starts a second one, which takes the folder. */
async function takeFolder(
  project: Project,
  library: string,
): Promise<{ readonly first: Up; readonly second: Up; readonly worker: Running }> {
  const { disk, ...first } = await serveOn(project, library);
  onTestFinished(() => void first.running.child.kill('SIGCONT'));
  const worker = project.start(['worker', '--name', 'w', '--json']);
  await worker.until(/"kind":"registered"/);
  expect(await add(project, first.server, 'before')).toBe('added');
  disk('full');
  await expect.poll(() => add(project, first.server, 'refused'), PATIENCE).toBe('journal_failed');
  const second = await takeFrom(first, project.data, () => project.up());
  disk('sound');
  return { first, second, worker };
}

/** The first tries once a second, and has the folder while it does: it is stopped between two tries, and stays so. */
async function takeFrom({ running }: Up, folder: string, up: () => Promise<Up>): Promise<Up> {
  for (;;) {
    running.child.kill('SIGSTOP');
    const second = existsSync(join(folder, 'lock.json')) ? null : await up().catch(() => null);
    if (second !== null) return second;
    running.child.kill('SIGCONT');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const instanceNamed = (project: Project): string | null => {
  const file = join(project.data, 'server.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { instance: string }).instance : null;
};

async function project(): Promise<Project> {
  const made = new Project();
  onTestFinished(() => made.remove());
  return made;
}

test('E3: a server whose folder was taken for good ends by itself, says so, and leaves the other one alone', PATIENT, async ({ skip }) => {
  const library = buildShim(temporaryFolder()) ?? skip(NO_COMPILER);
  const here = await project();
  const { first, second, worker } = await takeFolder(here, library);
  first.running.child.kill('SIGCONT');
  const { code, stderr } = await first.running.ended;
  const [told = '', ...rest] = stderr.trimEnd().split('\n');
  expect(code).toBe(6);
  expect(JSON.parse(told)).toMatchObject({ error: { code: 'journal_taken', exit: 6 } });
  expect(told).toContain(`is in use by process ${second.running.pid}`);
  expect(rest.at(-1)).toBe('Stopped; everything acknowledged is safe.');
  expect(instanceNamed(here)).toBe(second.server.instance);
  const shown = await here.succeed(['task', 'list', '--json']);
  expect(shown.stdout).toContain('"before"');
  // The worker was connected to the first, which had another port.
  const ran = await here.succeed(['task', 'add', '--id', 'after', '--run', 'true', '--wait']);
  expect(ran.stdout).toContain('after');
  worker.child.kill('SIGTERM');
  expect((await worker.ended).stdout).toMatch(/"kind":"completed".*"after"/);
});

test('E3: a server whose folder is free again goes on with what the other one wrote, and is found again', PATIENT, async ({ skip }) => {
  const library = buildShim(temporaryFolder()) ?? skip(NO_COMPILER);
  const here = await project();
  const { first, second } = await takeFolder(here, library);
  expect(await add(here, second.server, 'elsewhere')).toBe('added');
  second.running.child.kill('SIGTERM');
  expect((await second.running.ended).code).toBe(0);
  expect(instanceNamed(here)).toBeNull();
  first.running.child.kill('SIGCONT');
  await expect.poll(() => add(here, first.server, 'after'), PATIENCE).toBe('added');
  await expect.poll(() => instanceNamed(here), PATIENCE).toBe(first.server.instance);
  const shown = await here.succeed(['task', 'list', '--json']);
  for (const id of ['before', 'elsewhere', 'after']) expect(shown.stdout).toContain(`"${id}"`);
});

test('E3: a server of two swarms ends as a whole when one of them was taken, and nothing of either is lost', PATIENT, async ({ skip }) => {
  const library = buildShim(temporaryFolder()) ?? skip(NO_COMPILER);
  const here = await project();
  const before = await here.up();
  expect(await add(here, before.server, 'before')).toBe('added');
  await here.succeed(['event', 'fork', 'other']);
  before.running.child.kill('SIGTERM');
  await before.running.ended;
  const { disk, ...first } = await serveOn(here, library);
  onTestFinished(() => void first.running.child.kill('SIGCONT'));
  expect(await add(here, first.server, 'here', 'other')).toBe('added');
  disk('full');
  await expect.poll(() => add(here, first.server, 'refused', 'other'), PATIENCE).toBe('journal_failed');
  // Only this one is let go: the folder above is still the first server's.
  const folder = join(here.data, 'swarms', 'other');
  const second = await takeFrom(first, folder, () => here.up('--data', folder));
  disk('sound');
  expect(await add(here, second.server, 'elsewhere')).toBe('added');
  first.running.child.kill('SIGCONT');
  const { code, stderr } = await first.running.ended;
  expect(code).toBe(6);
  expect(stderr).toContain(`is in use by process ${second.running.pid}`);
  second.running.child.kill('SIGTERM');
  await second.running.ended;
  const { server } = await here.up();
  const tasksOf = async (swarm: string): Promise<string[]> =>
    (await here.client(server, swarm).call('task.list', {})).tasks.map(({ id }) => id).toSorted();
  expect(await tasksOf('default')).toEqual(['before']);
  expect(await tasksOf('other')).toEqual(['before', 'elsewhere', 'here']);
});
