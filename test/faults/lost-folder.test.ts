/**
 * Two real servers on one data folder: the log of the first breaks, so that it lets go of the folder, it is stopped, and the
 * second takes the folder. The first finds that out when it goes on: it ends, or goes on too once the second has gone.
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
async function add(project: Project, server: Announced, id: string): Promise<string> {
  return project
    .client(server)
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
  // It tries once a second, and has the folder while it does: it is stopped between two tries.
  for (;;) {
    first.running.child.kill('SIGSTOP');
    const second = existsSync(join(project.data, 'lock.json')) ? null : await project.up().catch(() => null);
    if (second !== null) {
      disk('sound');
      return { first, second, worker };
    }
    first.running.child.kill('SIGCONT');
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
