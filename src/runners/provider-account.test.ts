import { describe, expect, test } from 'vitest';
import { accountOf } from './provider-account.ts';

const host = 'box';

describe('F3 whose allowance is used', () => {
  test('runners of one provider with one key share an account, whatever the machine', () => {
    const env = { ANTHROPIC_API_KEY: 'secret-1' };
    const account = accountOf({ runner: 'claude', env, host });
    expect(account).toMatch(/^anthropic:[0-9a-f]{12}$/);
    expect(accountOf({ runner: 'anthropic', env, host: 'other' })).toBe(account);
    expect(accountOf({ runner: 'claude', env: { ANTHROPIC_API_KEY: 'secret-2' }, host })).not.toBe(account);
    expect(account).not.toContain('secret');
  });

  test('without a key it is the login of the home folder on this machine', () => {
    const account = accountOf({ runner: 'codex', env: { HOME: 'home-a' }, host });
    expect(accountOf({ runner: 'codex-app-server', env: { HOME: 'home-a', OPENAI_API_KEY: '' }, host })).toBe(account);
    expect(accountOf({ runner: 'codex', env: { HOME: 'home-a' }, host: 'other' })).not.toBe(account);
    expect(accountOf({ runner: 'codex', env: { HOME: 'home-b' }, host })).not.toBe(account);
  });

  test.each(['script', 'acp', 'opencode', 'constructor'])('of the runner %s nobody knows one', (runner) => {
    expect(accountOf({ runner, env: { OPENAI_API_KEY: 'x' }, host })).toBe(undefined);
  });
});
