import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runFixture } from './fixtures/run-fixture.ts';

/** Where the fixture that fails the first time notes that it ran. */
async function traceFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tutti-trace-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

describe('the closing lines of a test run', () => {
  test('what was skipped is listed with its reason, and the run passes', async () => {
    const { code, output } = await runFixture(['skipping']);
    expect(output).toContain('skipped: skipping.fixture.ts > needs something: this machine lacks it\n');
    expect(output).toContain('skipped: skipping.fixture.ts > says no reason: no reason given\n');
    expect(output.trimEnd().split('\n').at(-1)).toBe('1 passed, 0 failed, 2 skipped');
    expect(code).toBe(0);
  });

  test('a file that blocks its process is named while it runs', async () => {
    const { code, output } = await runFixture(['blocking']);
    expect(output).toContain('no result for 0.3 s: blocking.fixture.ts\n');
    expect(code).toBe(0);
  });

  test('with CI=true a skip fails the run', async () => {
    const { code, output } = await runFixture(['skipping'], { CI: 'true' });
    expect(output).toContain('CI=true: a skipped test is a failure.');
    expect(output.trimEnd().split('\n').at(-1)).toBe('1 passed, 0 failed, 2 skipped');
    expect(code).toBe(1);
  });

  test('what passes only at the second try is named, and the run passes', async () => {
    const { code, output } = await runFixture(['skipping', 'uncertain'], { TRACE_FOLDER: await traceFolder() });
    expect(output).toContain('1 passed, 1 failed, 2 skipped\n\nSecond try of what failed: uncertain.fixture.ts\n');
    expect(output).toContain('passed only at the second try: uncertain.fixture.ts > fails the first time\n');
    expect(output.trimEnd().split('\n').at(-1)).toBe('2 passed, 0 failed, 2 skipped');
    expect(code).toBe(0);
  });

  test.each([
    ['an error that nobody took', 'stray'],
    ['a process that was killed', 'killed'],
  ])('%s belongs to its file, which gets its second try', async (_what, fixture) => {
    const { code, output } = await runFixture(['skipping', fixture], { TRACE_FOLDER: await traceFolder() });
    expect(output).toContain(`Second try of what failed: ${fixture}.fixture.ts\n`);
    expect(output).toContain(`passed only at the second try: ${fixture}.fixture.ts\n`);
    expect(output.trimEnd().split('\n').at(-1)).toBe('2 passed, 0 failed, 2 skipped');
    expect(code).toBe(0);
  });

  test('what fails twice fails the run', async () => {
    const { code, output } = await runFixture(['failing', 'uncertain'], { TRACE_FOLDER: await traceFolder() });
    expect(output.match(/^passed only .*$/gm)).toEqual(['passed only at the second try: uncertain.fixture.ts > fails the first time']);
    expect(output).toMatch(/\n1 passed, 1 failed, 0 skipped\n/);
    expect(code).toBe(1);
  });

  test('where more than three files fail there is no second try', async () => {
    const { code, output } = await runFixture(['failing', 'uncertain', 'broken', 'broken-too'], { TRACE_FOLDER: await traceFolder() });
    expect(output).not.toContain('Second try');
    expect(output).toContain('0 passed, 4 failed, 0 skipped');
    expect(code).toBe(1);
  });
});
