import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TuttiClient } from '../../src/client/client.ts';
import { Project } from './tutti.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
let project: Project;
let client: TuttiClient;
beforeAll(async () => {
  project = new Project();
  const { server } = await project.up();
  client = project.client(server);
  await client.call('session.register', { session_id: 'w1', capabilities: ['build'], wants_work: false });
});
afterAll(() => project.remove());

/** Runs `tutti` on a terminal of its own; answers a question with `answer`. */
async function onTerminal(
  args: string,
  { env = {}, answer = '' }: { env?: Record<string, string>; answer?: string } = {},
): Promise<{ code: number | null; text: string }> {
  const command = `stty cols 80 && exec ${process.execPath} ${MAIN} ${args}`;
  const child: ChildProcess = spawn('script', ['-qefc', command, '/dev/null'], {
    cwd: project.folder,
    env: {
      PATH: process.env['PATH'] ?? '',
      TUTTI_TEST_FILE: process.env['TUTTI_TEST_FILE'] ?? '',
      HOME: project.folder,
      TERM: 'xterm',
      ...env,
    },
    stdio: 'pipe',
  });
  let text = '';
  let answered = false;
  child.stdout?.setEncoding('utf8').on('data', (part: string) => {
    text += part;
    const asked = text.includes('[y/N]');
    if (asked && !answered && answer !== '') child.stdin?.write(`${answer}\n`);
    answered = asked;
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, text };
}

test('on a terminal states have colours beside their words, and lines fit', async () => {
  await client.call('work.add', { id: 'wide', type: 'a', title: 'x'.repeat(500) });
  const { code, text } = await onTerminal('task list');
  expect(code).toBe(0);
  expect(text).toContain('\u001b[2m○ pending\u001b[22m');
  // eslint-disable-next-line eslint/no-control-regex -- our own colours are no part of the width
  const plain = text.replaceAll(/\u001b\[\d+m/g, '');
  for (const line of plain.split('\r\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test.each<[string, string, Record<string, string>]>([
  ['NO_COLOR', 'task list', { NO_COLOR: '1' }],
  ['TERM=dumb', 'task list', { TERM: 'dumb' }],
  ['--no-color', 'task list --no-color', {}],
])('%s: no colour on a terminal either', async (_what, args, env) => {
  const { text } = await onTerminal(args, { env });
  expect(text).toContain('○ pending');
  expect(text).not.toContain('\u001b');
});

test.each([
  { id: 'answered-no', flag: '', answer: 'n', status: 'in_progress', code: 1 },
  { id: 'answered-yes', flag: '', answer: 'y', status: 'cancelled', code: 0 },
  { id: 'with-yes', flag: '--yes', answer: '', status: 'cancelled', code: 0 },
  { id: 'with-no-input', flag: '--no-input', answer: '', status: 'cancelled', code: 0 },
])('cancelling running work asks a person first: $id', async ({ id, flag, answer, status, code }) => {
  await client.call('work.add', { id, type: 'a', title: 'Running' });
  const session = `for-${id}`;
  await client.call('session.register', { session_id: session, capabilities: [], wants_work: false });
  await client.call('work.claim', { session_id: session, task_id: id });
  const ran = await onTerminal(`task cancel ${id} ${flag}`, { answer });
  expect(ran.code).toBe(code);
  expect(ran.text.includes('Cancel it? [y/N]')).toBe(answer !== '');
  expect((await client.call('task.show', { task_id: id })).task.status).toBe(status);
});

test('started by npm, it names its commands as they can be typed there', async () => {
  const ran = await project.run(['status', '--server', 'http://127.0.0.1:1'], { env: { npm_execpath: '/usr/bin/npm' } });
  expect(ran.stderr).toContain('`npx tutti up`');
});
