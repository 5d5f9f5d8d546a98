import { appendFileSync, chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TuttiClient } from '../../src/client/client.ts';
import { OPERATIONS } from '../../src/contract/operations.ts';
import type { Role } from '../../src/contract/roles.ts';
import type { EventView } from '../../src/contract/views/event-view.ts';
import { type Announced, failureOf, Project } from './tutti.ts';
import type { Ran } from './ran.ts';

let project: Project;
let client: TuttiClient;
let server: Announced;
beforeAll(async () => {
  project = new Project();
  ({ server } = await project.up());
  client = project.client(server);
  await client.call('session.register', { session_id: 'w1', capabilities: ['build', 'test'], host: 'alpha', wants_work: false });
  await client.call('session.register', { session_id: 'w2', capabilities: ['docs'], wants_work: false });
  await client.call('work.add', { id: 'a', type: 'build', title: 'Build it', required_capability: 'build' });
  await client.call('work.add', { id: 'b', type: 'ml', title: 'Train it', required_capability: 'gpu' });
  await client.call('work.claim', { session_id: 'w1', task_id: 'a' });
});
afterAll(() => project.remove());

function jsonOf({ stdout }: Ran): Record<string, unknown> {
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe('tutti status', () => {
  test('says first what needs somebody, then who is there and what they do', async () => {
    const { code, stdout } = await project.run(['status']);
    expect(code).toBe(0);
    expect(stdout.split('\n')[0]).toBe(`default · ${server.url} · event 6`);
    expect(stdout).toContain('▲ 1 task cannot start: no session has the capability gpu. → tutti worker --capabilities gpu');
    expect(stdout).toMatch(/^Sessions +◐ 1 busy · ● 1 idle · ✕ 0 offline$/m);
    expect(stdout).toMatch(/^w1 +◐ busy +1\/1 +a +build, test/m);
    expect(stdout.indexOf('▲')).toBeLessThan(stdout.indexOf('Sessions'));
  });

  test('--json is the answer of the operation', async () => {
    expect(jsonOf(await project.run(['status', '--json']))).toMatchObject({
      sessions: { busy: 1, idle: 1 },
      tasks: { pending: 1, in_progress: 1 },
    });
  });

  test('no colour unless a terminal looks at it', async () => {
    const { stdout } = await project.run(['status']);
    expect(stdout).not.toContain('\u001b');
  });
});

describe('tutti session', () => {
  test('list, filtered', async () => {
    expect((await project.run(['session', 'list'])).stdout).toMatch(/^SESSION .*\nw1 .*\nw2 .*\n$/);
    expect((await project.run(['session', 'list', '--status', 'idle'])).stdout).toMatch(/^SESSION .*\nw2 .*\n$/);
    expect(jsonOf(await project.run(['session', 'list', '--capability', 'docs', '--json']))).toMatchObject({ sessions: [{ id: 'w2' }] });
    expect(await project.run(['session', 'list', '--capability', 'none'])).toMatchObject({ code: 0, stdout: '' });
  });

  test('show', async () => {
    const { stdout } = await project.run(['session', 'show', 'w1']);
    expect(stdout).toMatch(/^works on +a$/m);
    expect(stdout).toMatch(/^host +alpha$/m);
    expect(jsonOf(await project.run(['session', 'show', 'w1', '--json']))).toMatchObject({ session: { id: 'w1', current_task: 'a' } });
    const unknown = await project.run(['session', 'show', 'nobody']);
    expect([unknown.code, failureOf(unknown).code]).toEqual([3, 'session_unknown']);
  });
});

describe('tutti event', () => {
  test('list: the newest, of one task, from a sequence number on', async () => {
    expect((await project.run(['event', 'list'])).stdout.trimEnd().split('\n')).toHaveLength(6);
    const ofTask = await project.run(['event', 'list', '--task', 'a']);
    expect(ofTask.stdout).toMatch(/task_added .*\n.*task_assigned +a → w1/);
    const page = await project.run(['event', 'list', '--since', '2', '--limit', '2']);
    expect(page.stdout.match(/#\d+/g)).toEqual(['#3', '#4']);
    expect(page.stderr).toContain('--since 4');
    expect(jsonOf(await project.run(['event', 'list', '--type', 'task_added', '--json']))).toMatchObject({
      head: 6,
      events: [{ seq: 4 }, { seq: 5 }],
    });
  });

  test('a type that there is not is refused, with what it may be meant to be', async () => {
    for (const args of [['list'], ['tail'], ['tail', '--since', '0']]) {
      const ran = await project.run(['event', ...args, '--type', 'task_complete']);
      expect([ran.code, failureOf(ran)]).toEqual([
        2,
        expect.objectContaining({ code: 'event_type_unknown', next: expect.stringContaining('Near it: task_completed.') as string }),
      ]);
    }
    const [words, nothing] = [
      await project.run(['event', 'list', '--type', 'completed']),
      await project.run(['event', 'list', '--type', '__proto__']),
    ];
    expect([failureOf(words).next, failureOf(nothing).next]).toEqual([
      expect.stringContaining('task_completed'),
      expect.stringContaining('Near it: none.'),
    ]);
  });

  test('tail: what is there, then what happens, one JSON object per line, ended by Ctrl-C with 130', async () => {
    const running = project.start(['event', 'tail', '--since', '0', '--json']);
    await running.until(/"seq":6/);
    await client.call('work.add', { id: 'later', type: 'a', title: 'Later' });
    await running.until(/"task_id":"later"/);
    running.child.kill('SIGINT');
    const { code, stdout } = await running.ended;
    expect(code).toBe(130);
    const seen = stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as EventView).seq);
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test('a reader that goes away ends it quietly', async () => {
    const running = project.start(['event', 'tail', '--since', '0']);
    await running.until(/#5/);
    running.child.stdout?.destroy();
    await client.call('work.add', { type: 'a', title: 'One more' });
    expect(await running.ended).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('tutti call', () => {
  test('calls any operation, and lists them all', async () => {
    expect(jsonOf(await project.run(['call', 'session.show', '{"session_id":"w1"}']))).toMatchObject({ session: { id: 'w1' } });
    const unchanged = await project.run(['call', 'task.cancel', '{"task_id":"a"}', '--dry-run']);
    expect(unchanged).toMatchObject({ code: 0, stderr: expect.stringContaining('Nothing was done') });
    expect((await client.call('task.show', { task_id: 'a' })).task.status).toBe('in_progress');
    const { stdout } = await project.run(['call']);
    for (const name of Object.keys(OPERATIONS)) expect(stdout).toMatch(new RegExp(`^${name.replace('.', '\\.')} `, 'm'));
  });
});

describe('tutti lock', () => {
  test('acquire, list, check, renew, release', async () => {
    const { token } = jsonOf(await project.run(['lock', 'acquire', 'deploy', '--session', 'w1', '--reason', 'release day', '--json']));
    const taken = await project.run(['lock', 'acquire', 'deploy', '--session', 'w2']);
    expect([taken.code, failureOf(taken).code]).toEqual([6, 'lock_taken']);
    expect((await project.run(['lock', 'list'])).stdout).toMatch(/^deploy +w1 +\d+ +\S+( ago)? +\S+( \S+)? +release day$/m);
    expect((await project.run(['lock', 'check', 'deploy', '--token', String(token)])).stdout).toBe('✓ valid\n');
    expect((await project.run(['lock', 'check', 'deploy', '--token', '1'])).stdout).toBe('✕ not valid: stale\n');
    expect((await project.run(['lock', 'renew', 'deploy', '--session', 'w1', '--ttl', '3600'])).stdout).toMatch(
      /^deploy is locked for (1h|59m|58m).*\.$/m,
    );
    expect((await project.run(['lock', 'release', 'deploy', '--session', 'w1'])).stdout).toBe('deploy is released.\n');
    expect(await project.run(['lock', 'list'])).toMatchObject({ code: 0, stdout: '', stderr: 'No locks.\n' });
  });
});

describe('tutti config', () => {
  test('get: every value with its origin, or one for a script', async () => {
    const all = await project.run(['config', 'get', '--show-origin'], { env: { TUTTI_PORT: '9000' } });
    expect(all.stdout).toMatch(/^port +9000 +environment \(TUTTI_PORT\)$/m);
    expect(all.stdout).toMatch(/^host +127\.0\.0\.1 +default$/m);
    expect((await project.run(['config', 'get', 'port'])).stdout).toBe('8600\n');
    expect((await project.run(['config', 'get', 'worker'])).stdout).toMatch(/worker\.slots +1/);
    const json = await project.run(['config', 'get', 'swarm', '--show-origin', '--json', '--swarm', 'x']);
    expect(jsonOf(json)).toEqual({ values: [{ key: 'swarm', value: 'x', origin: { source: 'flag', place: '--swarm' } }] });
  });

  test('apply changes the rules of the server, rules shows them', async () => {
    expect((await project.run(['config', 'set', 'offline_after=90', 'policy=fifo', '--dry-run'])).code).toBe(0);
    expect((await project.run(['config', 'rules'])).stdout).toMatch(/^offline_after +3600$/m);
    const applied = await project.run(['config', 'set', 'offline_after=90', 'policy=fifo']);
    expect(applied.stdout).toMatch(/^offline_after +90\npolicy +fifo$/m);
    expect(jsonOf(await project.run(['config', 'rules', '--json']))).toMatchObject({ settings: { offline_after: 90, policy: 'fifo' } });
  });
});

describe('tutti token', () => {
  test.each<[Role, number, number]>([
    ['viewer', 200, 403],
    ['worker', 200, 403],
    ['operator', 200, 404],
    ['admin', 200, 404],
  ])('%s: may look %i, may cancel an unknown task %i', async (role, look, cancel) => {
    const { stdout } = await project.run(['token', '--role', role]);
    const headers = { authorization: `Bearer ${stdout.trim()}`, 'content-type': 'application/json' };
    expect((await fetch(`${server.url}/swarm/status`, { headers })).status).toBe(look);
    expect((await fetch(`${server.url}/task/nobody/cancel`, { method: 'POST', headers, body: '{}' })).status).toBe(cancel);
  });

  test('TUTTI_TOKEN is used by every command; a wrong one ends with 4, a weak one says which role is needed', async () => {
    const wrong = await project.run(['status'], { env: { TUTTI_TOKEN: 'tutti_admin_wrong' } });
    expect([wrong.code, failureOf(wrong).code]).toEqual([4, 'unauthenticated']);
    const { stdout } = await project.run(['token', '--role', 'viewer', '--json']);
    const { token } = JSON.parse(stdout) as { token: string };
    const weak = await project.run(['task', 'cancel', 'a'], { env: { TUTTI_TOKEN: token } });
    expect([weak.code, failureOf(weak).code]).toEqual([4, 'forbidden']);
    expect(failureOf(weak).next).toContain('operator');
    expect((await project.run(['status'], { env: { TUTTI_TOKEN: token } })).code).toBe(0);
  });
});

describe('tutti logs', () => {
  test('the newest lines for a person, and as JSON; no token in it', async () => {
    const { code, stdout } = await project.run(['logs']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d {2}info {3}listening {2}url=http/m);
    const [line] = (await project.run(['logs', '--lines', '1', '--json'])).stdout.trimEnd().split('\n');
    expect(JSON.parse(line ?? '')).toMatchObject({ level: expect.any(Number), msg: expect.any(String) });
    expect(readFileSync(join(project.data, 'server.log'), 'utf8')).not.toContain(readFileSync(server.token_file ?? '', 'utf8').trim());
  });

  test('--lines 0 shows none of what is there', async () => {
    expect(await project.run(['logs', '--lines', '0'])).toMatchObject({ code: 0, stdout: '' });
  });

  test('--follow shows what is written, over a file that starts anew, and foreign lines harmlessly', async () => {
    const other = new Project();
    const first = await other.up();
    first.running.child.kill('SIGTERM');
    await first.running.ended;
    const path = join(other.data, 'server.log');
    const following = other.start(['logs', '--follow', '--lines', '1']);
    await following.until(/closed/);
    appendFileSync(path, 'not JSON \u001b[2Jat all\n{"level":50,"time":"2026-01-01T00:00:00.000Z","msg":"broken"');
    await following.until(/not JSON at all/);
    appendFileSync(path, ',"reason":"disk"}\n');
    await following.until(/00:00:00 {2}error {2}broken {2}reason=disk/);
    renameSync(path, `${path}.1`);
    writeFileSync(path, '{"level":30,"time":"2026-01-01T00:00:01.000Z","msg":"anew"}\n');
    await following.until(/anew/);
    following.child.kill('SIGINT');
    expect((await following.ended).code).toBe(130);
    await other.remove();
  });
});

describe('tutti doctor', () => {
  test('everything is well with a running server', async () => {
    const ran = await project.run(['doctor', '--json']);
    const { ok, checks } = JSON.parse(ran.stdout) as { ok: boolean; checks: { check: string; status: string }[] };
    expect([ran.code, ok]).toEqual([0, true]);
    expect(checks.map(({ check }) => check)).toEqual([
      'node',
      'configuration',
      'data',
      'disk',
      'server',
      'journal',
      'archive',
      'clock',
      'git',
      'tmux',
    ]);
    const statusOf = Object.fromEntries(checks.map(({ check, status }) => [check, status]));
    expect(statusOf).toMatchObject({
      node: 'ok',
      configuration: 'ok',
      data: 'ok',
      server: 'ok',
      journal: 'skipped',
      clock: 'ok',
      git: 'ok',
    });
  });

  test('a folder that others can read, and a bad configuration, are problems with a fix', async () => {
    const other = new Project();
    const { running } = await other.up();
    running.child.kill('SIGTERM');
    await running.ended;
    chmodSync(join(other.data, 'token'), 0o644);
    writeFileSync(join(other.data, 'config.yaml'), 'port: x\n');
    const ran = await other.run(['doctor']);
    await other.remove();
    expect(ran.code).toBe(1);
    expect(ran.stdout).toMatch(/^✕ data +others can read .*token\n +fix: chmod go-rwx .*token$/m);
    expect(ran.stdout).toMatch(/^✕ configuration .*port: must be a number/m);
  });

  test('a log whose bytes were changed is located, and one in the place of another is told, once the server is down', async () => {
    const other = new Project();
    const { running, server: its } = await other.up();
    await other.client(its).call('work.add', { type: 'a', title: 'remember these words' });
    running.child.kill('SIGTERM');
    await running.ended;
    expect((await other.run(['doctor'])).stdout).toMatch(/^✓ journal +2 events, the chain holds$/m);
    const witness = join(other.data, 'witness.json');
    const seen = readFileSync(witness);
    writeFileSync(witness, JSON.stringify({ journal_id: 'another', seq: 9, hash: '00' }));
    const mixed = await other.run(['doctor']);
    expect(mixed.stdout).toMatch(/^✕ journal +This log is not the one that was here, which had reached event 9\.\n +fix: .*witness\.json/m);
    writeFileSync(witness, seen);
    const path = join(other.data, 'journal.db');
    const bytes = readFileSync(path);
    bytes.write('forget', bytes.indexOf('remember these words'));
    writeFileSync(path, bytes);
    const ran = await other.run(['doctor', '--json']);
    await other.remove();
    expect(ran.code).toBe(1);
    const { checks } = JSON.parse(ran.stdout) as { checks: { check: string; status: string; detail: string }[] };
    expect(checks.find(({ check }) => check === 'journal')).toMatchObject({ status: 'problem', detail: expect.stringContaining('2') });
  });
});
