import { expect, test } from 'vitest';
import { runSteps } from '../../scripts/check.ts';

test('every step runs; only the output of failing ones is shown', async () => {
  const lines: string[] = [];
  const failed = await runSteps(
    [
      { name: 'good', command: ['node', '-e', "console.log('quiet')"] },
      { name: 'bad', command: ['node', '-e', "console.log('loud'); console.error('words'); process.exit(3)"] },
      { name: 'absent', command: ['there-is-no-such-command'] },
      { name: 'last', command: ['node', '-e', ''] },
    ],
    (line) => lines.push(line.replace(/ +\d+\.\d s$/, '')),
  );
  expect(failed).toEqual(['bad', 'absent']);
  expect(lines).toEqual([
    'ok   good',
    'FAIL bad',
    expect.stringMatching(/loud\nwords|words\nloud/),
    'FAIL absent',
    expect.stringContaining('ENOENT'),
    'ok   last',
  ]);
});
