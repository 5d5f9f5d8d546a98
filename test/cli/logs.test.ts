/** The log at the command line: exported and checked beside a running server, imported, damaged, repaired. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TuttiClient } from '../../src/client/client.ts';
import { failureOf, Project, type Running } from './tutti.ts';

let project: Project;
let client: TuttiClient;
let running: Running;
beforeAll(async () => {
  project = new Project();
  const up = await project.up();
  ({ running } = up);
  client = project.client(up.server);
  await client.call('session.register', { session_id: 'w1', capabilities: ['build'], wants_work: false });
  for (let index = 0; index < 30; index += 1) await client.call('work.add', { id: `job-${index}`, type: 'build', title: `Job ${index}` });
});
afterAll(() => project.remove());

describe('E3: tutti event export, verify and import', () => {
  test('beside a running server, to a file that verifies, and back as another swarm', async () => {
    const { code, stdout } = await project.run(['event', 'export', '--to', 'log.jsonl']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('32 events of the swarm default, every hash checked')]);
    expect((await project.run(['event', 'verify', 'log.jsonl'])).stdout).toContain('every hash holds');
    expect((await project.run(['event', 'verify'])).stdout).toContain('32 events in');
    const printed = await project.run(['event', 'export', '--until', '5']);
    expect(printed.stdout.split('\n').filter((line) => line.startsWith('{"seq"'))).toHaveLength(5);
    expect((await project.run(['event', 'import', 'log.jsonl', '--swarm', 'copy', '--dry-run'])).stderr).toContain(
      'would import 32 events',
    );
    const imported = await project.run(['event', 'import', 'log.jsonl', '--swarm', 'copy']);
    expect([imported.code, imported.stdout]).toEqual([0, 'The swarm copy has 32 events now, every hash checked.\n']);
    const again = await project.run(['event', 'import', 'log.jsonl', '--swarm', 'copy']);
    expect([again.code, failureOf(again).code]).toEqual([6, 'log_present']);
  });

  test('of a file that holds no log no folder is left', async () => {
    writeFileSync(join(project.folder, 'empty.jsonl'), '');
    const fresh = join(project.folder, 'fresh', '.tutti');
    const ran = await project.run(['event', 'import', 'empty.jsonl', '--data', fresh]);
    expect([ran.code === 0, failureOf(ran).code, existsSync(join(project.folder, 'fresh'))]).toEqual([false, 'log_file_unusable', false]);
  });

  test('F5: --at shows how it was', async () => {
    expect((await project.run(['task', 'list', '--at', '4', '--json'])).stdout).toContain('job-1');
    expect(JSON.parse((await project.run(['task', 'list', '--at', '4', '--json'])).stdout)).toMatchObject({
      tasks: [{ id: 'job-0' }, { id: 'job-1' }],
    });
    expect((await project.run(['status', '--at', '4'])).stdout.split('\n')[0]).toContain('event 4');
    expect(JSON.parse((await project.run(['task', 'list', '--at', '-1d', '--json'])).stdout)).toMatchObject({ tasks: [] });
    expect((await project.run(['task', 'list', '--at', '-1d'])).stderr).toContain('There were no tasks at that moment.');
    const beyond = await project.run(['status', '--at', '4000']);
    expect([beyond.code, failureOf(beyond).code]).toEqual([3, 'moment_unknown']);
  });

  test('F5: tutti event diff says what changed; tutti event fork goes on from a moment', async () => {
    const { stdout } = await project.run(['event', 'diff', '3', '5']);
    expect(stdout).toBe(
      'From event 3 to 5: 2 things changed.\n  added +2 · pending +2\n  The task job-1 was added, and is pending.\n  The task job-2 was added, and is pending.\n',
    );
    const forked = await project.run(['event', 'fork', 'early', '--until', '5']);
    expect([forked.code, forked.stdout]).toEqual([0, 'The swarm early has the first 5 events of default, in a log of its own.\n']);
    expect((await project.run(['event', 'verify', '--swarm', 'early'])).stdout).toContain('5 events in');
  });

  test('F5: tutti event what-if leaves one session out, or several; who was not there is named', async () => {
    const { code, stdout } = await project.run(['event', 'what-if', '--without', 'w1', '--sessions', '+2']);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^ +completed +failed +parked +left[^]*happened[^]*what if/)]);
    const ghost = await project.run(['event', 'what-if', '--without', 'w1', '--without', 'ghost']);
    expect([ghost.code, ghost.stderr]).toEqual([2, expect.stringContaining('the session ghost was not there in the period')]);
  });

  test('E3: tutti event replay shows what led to a moment; tutti event rollback tries first, then does it', async () => {
    const replayed = await project.run(['event', 'replay', '--at', '5', '--limit', '1']);
    expect(replayed.stdout).toMatch(/^Event 5 of .*: 5 events replayed in [\d.]+ s\.\n {2}then {5}added 3 · pending 3 · sessions 1$/m);
    expect([replayed.code, replayed.stdout]).toEqual([0, expect.stringContaining('the checkpoints give the same')]);
    await client.call('task.cancel', { task_id: 'job-7' });
    const tried = await project.run(['event', 'rollback', '32', '--only', 'tasks', '--dry-run']);
    expect(tried.stdout).toMatch(/^It would change 1 thing, to event 32 of .*:\n {2}The task job-7 waits again/);
    const done = await project.run(['event', 'rollback', '32', '--yes']);
    expect([done.code, done.stdout]).toEqual([0, expect.stringContaining('Rolled back to event 32')]);
    expect((await client.call('task.show', { task_id: 'job-7' })).task.status).toBe('pending');
    expect((await project.run(['event', 'rollback', '32'])).stdout).toContain('There is nothing to bring back');
    expect(failureOf(await project.run(['event', 'rollback', '4000'])).code).toBe('moment_unknown');
  });

  test('E3: a running server is backed up, and comes back elsewhere under its own identity', async () => {
    expect((await project.run(['backup', 'kept'])).stdout).toMatch(/^default: 35 events, every hash checked: /m);
    expect(failureOf(await project.run(['backup', 'kept'])).code).toBe('log_not_written');
    // A file in the way of the second swarm: nothing is written of the first either.
    mkdirSync(join(project.folder, 'half'));
    writeFileSync(join(project.folder, 'half', 'copy.log.jsonl'), '');
    expect(failureOf(await project.run(['backup', 'half'])).code).toBe('log_not_written');
    expect(readdirSync(join(project.folder, 'half'))).toEqual(['copy.log.jsonl']);
    expect(failureOf(await project.run(['backup', 'half/copy.log.jsonl/in'])).code).toBe('log_not_written');
    expect((await project.run(['restore', 'kept', '--dry-run'])).stderr).toContain('every hash holds');
    expect((await project.run(['restore', 'nowhere'])).stderr).toContain('there is no backup in it');
    const restored = await project.run(['restore', 'kept', '--data', 'fresh', '--json']);
    const { restored: swarms } = JSON.parse(restored.stdout) as { restored: { swarm: string; journal: string }[] };
    const { journal } = JSON.parse((await project.run(['event', 'verify', '--json'])).stdout) as { journal: string };
    expect(swarms.find(({ swarm }) => swarm === 'default')?.journal).toBe(journal);
    expect(failureOf(await project.run(['restore', 'kept', '--data', 'fresh'])).code).toBe('log_present');
    expect((await project.run(['restore', 'kept', '--data', 'again'])).stderr).toContain('whoever followed it there is told to begin anew');
    const { running: other, server } = await project.up('--data', 'fresh');
    expect((await project.client(server).call('task.list', { limit: 100 })).tasks).toHaveLength(30);
    other.child.kill('SIGTERM');
    await other.ended;
  });

  test('E3: beside a running server old events go into the archive, every command still reads them, and they come back', async () => {
    const { events: all } = JSON.parse((await project.run(['event', 'verify', '--json'])).stdout) as { events: number };
    expect((await project.run(['event', 'archive', '--until', '20', '--dry-run'])).stderr).toContain('It would archive');
    const archived = await project.run(['event', 'archive', '--until', '20']);
    expect([archived.code, archived.stdout]).toEqual([0, expect.stringMatching(/^20 events moved to the archive/)]);
    expect((await project.run(['event', 'verify'])).stdout).toMatch(
      new RegExp(`^${all} events in .*, 20 of them in the archive: every hash holds`),
    );
    expect((await client.call('event.list', { since: 0, limit: 5 })).events).toHaveLength(5);
    expect((await project.run(['task', 'list', '--at', '4', '--json'])).stdout).toContain('job-1');
    expect((await project.run(['event', 'export', '--to', 'whole.jsonl'])).stdout).toContain(`${all} events`);
    const listed = await project.run(['event', 'archive', '--list', '--verify']);
    expect([listed.code, listed.stdout]).toEqual([
      0,
      expect.stringMatching(/^Events 1 to 20 of \d+ are archived, .* in 1 file: every hash holds/),
    ]);
    expect((await client.call('swarm.status', {})).archive_missing).toBeUndefined();
    renameSync(join(project.data, 'archive'), join(project.data, 'moved'));
    expect((await project.run(['status'])).stdout).toContain('▲ Events 1 to 20 are archived, and not in');
    const away = await project.run(['event', 'archive', '--list']);
    expect([away.code, away.stdout]).toEqual([1, expect.stringContaining('missing  events 1 to 20')]);
    expect((await client.call('event.archive', {})).missing).toEqual([{ first_seq: 1, last_seq: 20 }]);
    // Nothing is made in its place: whoever moves it back would move it into that.
    expect(failureOf(await project.run(['event', 'unarchive'])).code).toBe('archive_missing');
    expect((await project.run(['event', 'verify'])).stdout).toContain(`put the files of ${join(project.data, 'archive')} back there`);
    renameSync(join(project.data, 'moved'), join(project.data, 'archive'));
    await client.call('work.add', { id: 'after', type: 'build', title: 'After' });
    const back = await project.run(['event', 'unarchive']);
    expect([back.code, back.stdout]).toEqual([0, expect.stringMatching(/^20 events are back in the log/)]);
    expect((await project.run(['event', 'verify'])).stdout).toMatch(new RegExp(`^${all + 1} events in \\d+ chunks: every hash holds`));
  });

  test('an archive that was moved away: the start says what is missing and where it belongs, and nothing was changed', async () => {
    running.child.kill('SIGTERM');
    await running.ended;
    expect((await project.run(['event', 'archive', '--until', '20'])).code).toBe(0);
    renameSync(join(project.data, 'archive'), join(project.data, 'moved'));
    // As after an update: no checkpoint is of the code that runs.
    rmSync(join(project.data, 'checkpoints'), { recursive: true });
    const up = await project.run(['up', '--port', '0']);
    expect([up.code, failureOf(up).code]).toEqual([1, 'archive_needed']);
    expect(up.stderr).toContain(join(project.data, 'archive'));
    expect((await project.run(['doctor'])).stdout).toContain('▲ archive        events 1 to 20 of the swarm default are archived');
    rmSync(join(project.data, 'archive'), { recursive: true, force: true });
    renameSync(join(project.data, 'moved'), join(project.data, 'archive'));
    expect((await project.run(['doctor'])).stdout).toContain('✓ archive        no archived event is away');
    expect((await project.run(['event', 'unarchive'])).code).toBe(0);
  });

  test('damage is located, and repaired elsewhere', async () => {
    const database = new DatabaseSync(join(project.data, 'journal.db'));
    database.exec(`UPDATE chunks SET text = replace(text, 'Job 7', 'Job 8') WHERE instr(text, 'Job 7') > 0`);
    database.close();
    const found = await project.run(['event', 'verify']);
    expect(found.code).toBe(1);
    expect(found.stdout).toMatch(
      /^The log is damaged at events \d+ to \d+: the hash does not match what is stored\n {2}before +\d+ events, all intact$/m,
    );
    const doctor = await project.run(['doctor']);
    expect(doctor.stdout).toContain('tutti event verify --swarm default');
    const repaired = await project.run(['event', 'verify', '--repair-into', 'rescued', '--json']);
    const { kept, last_seq, lost } = JSON.parse(repaired.stdout) as {
      kept: number;
      last_seq: number;
      lost: { first_seq: number; last_seq: number }[];
    };
    expect(last_seq - kept).toBe(lost.reduce((sum, each) => sum + each.last_seq - each.first_seq + 1, 0));
    const { server } = await project.up('--data', 'rescued');
    const { tasks } = await project.client(server).call('task.list', {});
    expect(tasks.length).toBeGreaterThan(20);
    expect(tasks.map(({ id }) => id)).not.toContain('job-7');
    expect(readFileSync(join(project.folder, 'rescued', '.gitignore'), 'utf8')).toContain('/*');
  });
});
