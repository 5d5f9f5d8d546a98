/**
 * The inbox from the command line, against a real server.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TuttiClient } from '../../src/client/client.ts';
import { failureOf, Project } from './tutti.ts';

let project: Project;
let client: TuttiClient;

beforeAll(async () => {
  project = new Project();
  const { server } = await project.up('--journal', 'memory:');
  client = project.client(server);
  await client.call('session.register', { session_id: 'w1', capabilities: [], wants_work: false });
});

afterAll(() => project.remove());

async function tutti(...args: readonly string[]): Promise<string> {
  return (await project.succeed(args)).stdout;
}

describe('C5 tutti decision', () => {
  test('ask and wait in one terminal, list, show and answer in another', async () => {
    expect((await project.run(['inbox', 'list'])).stderr).toContain('Nothing waits');
    const asking = project.start(['decision', 'ask', 'Postgres or SQLite?', '-o', 'Postgres', '-o', 'SQLite', '--session', 'w1', '--wait']);
    await asking.until(/Asked (decision-\d+)/);
    expect(await tutti('inbox', 'list')).toMatch(/decision-001 +■ decision +w1/);
    expect(await tutti('inbox', 'show', 'decision-001')).toMatch(/Postgres or SQLite\?\n {2}- Postgres\n {2}- SQLite/);
    const wrong = await project.run(['decision', 'answer', 'decision-001', 'Oracle']);
    expect([wrong.code, failureOf(wrong)]).toEqual([2, expect.objectContaining({ code: 'answer_not_offered' })]);
    expect(await tutti('decision', 'answer', 'decision-001', 'SQLite', '--reason', 'no server', '--as', 'ada')).toContain(
      'is answered: SQLite',
    );
    const { code, stdout } = await asking.ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/answer +SQLite\nanswered +ada \(cli\)/) as string });
    const twice = await project.run(['decision', 'answer', 'decision-001', 'Postgres']);
    expect([twice.code, failureOf(twice)]).toEqual([6, expect.objectContaining({ code: 'decision_closed' })]);
    expect(await tutti('decision', 'list')).toMatch(/decision-001 +✓ answered .*SQLite/);
  });

  test('a wait that is too long ends with 8, one for what was withdrawn with 7', async () => {
    await tutti('decision', 'ask', 'Which port?', '--goes-on');
    expect((await project.run(['decision', 'show', 'decision-002', '--wait', '--timeout', '0.1'])).code).toBe(8);
    await tutti('decision', 'vote', 'decision-002', '8600', '--session', 'w1');
    await tutti('decision', 'withdraw', 'decision-002', '--reason', 'found it');
    expect((await project.run(['decision', 'show', 'decision-002', '--wait'])).code).toBe(7);
  });
});

describe('C4 and D3 on the command line', () => {
  test('signals and requests for colleagues', async () => {
    expect(await tutti('signal', 'raise', 'quality_issue', 'Flaky tests', '--urgency', 'high', '--details', 'two of ten')).toBe(
      'signal-001\n',
    );
    expect(await tutti('signal', 'show', 'signal-001')).toContain('two of ten');
    expect(await tutti('colleague', 'request', 'intern', 'Write the docs', '--name', 'docs', '--session', 'w1')).toBe('colleague-001\n');
    expect(await tutti('inbox', 'list')).toMatch(/signal-001[^]*colleague-001/);
    expect(await tutti('inbox', 'show', 'colleague-001')).toContain('Write the docs');
    expect(await tutti('signal', 'resolve', 'signal-001', 'retried')).toContain('is resolved');
    expect(await tutti('colleague', 'settle', 'colleague-001', '--colleague', 'w1')).toContain('is started');
    expect(await tutti('signal', 'list')).toContain('resolved');
    expect(await tutti('colleague', 'list')).toContain('started: w1');
  });
});
