import { describe, expect, test } from 'vitest';
import { runFixture } from './fixtures/run-fixture.ts';

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
});
