import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { agentVariables, CONNECTORS, createRunner, RUNNER_NAMES } from '../../src/runners/create-runner.ts';

const permissions = 'edits' as const;

describe('C2: a runner is made by its name', () => {
  test.each(RUNNER_NAMES)('%s', async (runner) => {
    const keys = { ANTHROPIC_API_KEY: 'dummy', OPENAI_API_KEY: 'dummy', DEEPSEEK_API_KEY: 'dummy' };
    expect((await createRunner({ runner, permissions, program: 'some-agent --acp' }, keys)).name).toBe(runner);
  });

  test('E1: a program gets the variables that are its own, where its settings are among them, and nothing else of the user', () => {
    const own = { CLAUDE_CONFIG_DIR: '/c', CODEX_HOME: '/x', GEMINI_API_KEY: 'g', OPENAI_API_KEY: 'o' };
    const env = { ...own, AWS_SECRET_ACCESS_KEY: 's', GITHUB_TOKEN: 't', SSH_AUTH_SOCK: '/s', TUTTI_TOKEN: 'u', PGPASSWORD: 'p' };
    expect(agentVariables('acp', env)).toEqual(own);
    expect(agentVariables('codex', env)).toEqual({ CODEX_HOME: '/x', OPENAI_API_KEY: 'o' });
    expect(agentVariables('script', env)).toEqual({});
  });

  test.each([
    ['anthropic', '@anthropic-ai/sdk/resources/messages/messages.js', /DEPRECATED_MODELS = \{[^}]*\}/],
    ['openai', 'openai/resources/shared.d.ts', /Deprecated values:[^]*?\*\//],
  ])('the model that %s uses when none is named is not one whose end its provider has announced', (runner, file, listing) => {
    const text = readFileSync(join(import.meta.dirname, '../../node_modules', file), 'utf8');
    const [announced = ''] = listing.exec(text) ?? [];
    expect(announced).toMatch(/20\d\d/);
    const { model = '' } = CONNECTORS.get(runner) ?? {};
    expect(model).not.toBe('');
    expect(announced).not.toMatch(new RegExp(`['"]${model}['"]`));
  });

  test('an unknown one is refused with those that are known, one without its key or its program says so', async () => {
    for (const runner of ['nobody', 'constructor'])
      await expect(createRunner({ runner, permissions }, {})).rejects.toMatchObject({ code: 'runner_unknown' });
    const withoutKey = createRunner({ runner: 'deepseek', permissions }, {});
    await expect(withoutKey).rejects.toMatchObject({ code: 'runner_unready', params: { reason: 'DEEPSEEK_API_KEY is not set' } });
    await expect(createRunner({ runner: 'acp', permissions }, {})).rejects.toMatchObject({ code: 'runner_unready' });
  });
});
