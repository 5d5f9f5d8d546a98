/** R29: a server that is started again on a large log with little memory starts, or says what it lacks and ends. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callsOf, openEngine } from '../../bench/engine/in-process.ts';
import { taskToAdd } from '../../bench/engine/lives.ts';
import { failureOf, Project } from '../cli/tutti.ts';

const PATIENCE_MS = 200_000;
const TASKS = 20_000;
const BATCH = 1000;
/** Near what so many waiting tasks need, beside the program itself. */
const ENOUGH_MB = 56;
/** Less than they need, and more than the program does that starts a server in the background. */
const TOO_LITTLE_MB = 24;

const project = new Project();

beforeAll(async () => {
  mkdirSync(project.data, { recursive: true });
  const engine = await openEngine(project.data);
  const call = callsOf(engine);
  for (let added = 0; added < TASKS; added += BATCH)
    await call('work.add', { tasks: Array.from({ length: BATCH }, (_, index) => taskToAdd(added + index)) });
  await engine.close();
}, PATIENCE_MS);

afterAll(() => project.remove());

const capped = (mb: number): Record<string, string> => ({ NODE_OPTIONS: `--max-old-space-size=${mb}` });

test(
  'R29: with too little it says so and ends, changes nothing, and starts as soon as it may have more',
  { timeout: PATIENCE_MS },
  async () => {
    const log = readFileSync(join(project.data, 'journal.db'));
    const ran = await project.run(['up', '--port', '0', '--json'], { env: capped(TOO_LITTLE_MB) });
    expect(ran.code).not.toBe(0);
    expect(ran.stderr).toContain('heap out of memory');
    const tight = await project.run(['up', '--port', '0'], { env: capped(TOO_LITTLE_MB) });
    // The start before it said it in V8's words alone.
    expect(tight.stderr).toMatch(/The last start here \(process \d+, .*\) ended before there was a server/);
    expect(tight.stderr).toContain('NODE_OPTIONS=--max-old-space-size');
    const detached = await project.run(['up', '--detach', '--port', '0'], { env: capped(TOO_LITTLE_MB) });
    expect([detached.code, failureOf(detached).code]).toEqual([1, 'memory_exhausted']);
    expect(detached.stderr).toContain('--max-old-space-size');
    expect(readFileSync(join(project.data, 'journal.db')).equals(log)).toBe(true);
    const { running, server } = await project.up();
    expect(existsSync(join(project.data, 'starting.json'))).toBe(false);
    expect((await project.client(server).call('swarm.status', {})).tasks.total).toBe(TASKS);
    running.child.kill('SIGTERM');
    await running.ended;
  },
);

test(
  'R29: with little more memory than its log needs it starts, again and again, and has everything',
  { timeout: PATIENCE_MS },
  async () => {
    for (let round = 1; round <= 2; round += 1) {
      const running = project.start(['up', '--port', '0', '--json'], capped(ENOUGH_MB));
      const [line] = await running.until(/^\{.*\}$/m);
      const client = project.client(JSON.parse(line) as Parameters<Project['client']>[0]);
      await client.call('work.add', { id: `after-${round}`, type: 'build', title: 'one more' });
      expect((await client.call('swarm.status', {})).tasks.total).toBe(TASKS + round);
      running.child.kill('SIGKILL');
      await running.ended;
    }
  },
);
