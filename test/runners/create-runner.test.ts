import { describe, expect, test } from 'vitest';
import { createRunner, RUNNER_NAMES } from '../../src/runners/create-runner.ts';

const permissions = 'edits' as const;

describe('C2: a runner is made by its name', () => {
  test.each(RUNNER_NAMES)('%s', async (runner) => {
    const keys = { ANTHROPIC_API_KEY: 'dummy', OPENAI_API_KEY: 'dummy', DEEPSEEK_API_KEY: 'dummy' };
    expect((await createRunner({ runner, permissions, program: 'some-agent --acp' }, keys)).name).toBe(runner);
  });

  test('an unknown one is refused with those that are known, one without its key or its program says so', async () => {
    for (const runner of ['nobody', 'constructor'])
      await expect(createRunner({ runner, permissions }, {})).rejects.toMatchObject({ code: 'runner_unknown' });
    const withoutKey = createRunner({ runner: 'deepseek', permissions }, {});
    await expect(withoutKey).rejects.toMatchObject({ code: 'runner_unready', params: { reason: 'DEEPSEEK_API_KEY is not set' } });
    await expect(createRunner({ runner: 'acp', permissions }, {})).rejects.toMatchObject({ code: 'runner_unready' });
  });
});
