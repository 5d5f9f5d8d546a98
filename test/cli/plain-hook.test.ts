/**
 * Row E14: hooks pass the parser by in exactly the forms that an install writes.
 */
import { expect, test } from 'vitest';
import { plainHook } from '../../src/cli/run-hook-directly.ts';
import { claudeHooks, hookRunner } from '../../src/config/agent-hooks.ts';

/** The arguments of a hook as the shell hands them over. */
function argumentsOf(hook: Readonly<Record<string, unknown>>): string[] {
  return String(hook['command']).replace(/ #.*$/, '').split(' ').slice(1);
}

test('E14: every hook that is installed goes its own way', () => {
  const wishes = [true, false].map((takes_work) => claudeHooks({ program: ['tutti'], takes_work }));
  const installed = wishes.flatMap((hooks) => Object.values(hooks).flatMap((groups) => groups.flatMap((group) => group.hooks)));
  const all = [...installed, hookRunner(['tutti'], 'codex')(), hookRunner(['tutti'], 'gemini')()];
  const read = new Set(all.map((hook) => JSON.stringify(plainHook(argumentsOf(hook)))));
  expect(read).toEqual(
    new Set(
      [
        { agent: 'claude' },
        { agent: 'claude', wake: true },
        { agent: 'claude', wake: true, work: true },
        { agent: 'codex' },
        { agent: 'gemini' },
      ].map((values) => JSON.stringify(values)),
    ),
  );
});

test.each([
  ['hook'],
  ['hook', '--help'],
  ['hook', 'claude', '--help'],
  ['hook', 'claude', '--json'],
  ['hook', 'claude', '--work'],
  ['hook', 'claude', '--wake', '--work', 'x'],
  ['hook', 'claude', '--data', 'd'],
  ['--data', 'd', 'hook', 'claude'],
  ['status'],
  [],
])('E14: whatever else is typed goes to the parser: %j', (...args) => {
  expect(plainHook(args)).toBeNull();
});
