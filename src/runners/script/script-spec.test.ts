import { expect, test } from 'vitest';
import { commandLabel, readScriptSpec } from './script-spec.ts';

test('reads the fields it knows and leaves the others out', () => {
  const spec = { run: 'make', timeout_seconds: 5, env: { A: '1' }, repository: '/r', base: 'main', refused: 'x', note: 1 };
  expect(readScriptSpec('t', spec)).toEqual({ run: 'make', timeout_seconds: 5, env: { A: '1' }, repository: '/r', base: 'main' });
});

test.each([['a string'], [null], [['ls']], [{}], [{ run: '  ' }], [{ run: [] }], [{ run: ['', 'x'] }]])(
  'finds no command in %j',
  (spec) => {
    expect(readScriptSpec('t-1', spec)).toEqual({ refused: 'script_missing', params: { task_id: 't-1' } });
  },
);

test.each([
  [{ run: 1 }, 'spec.run'],
  [{ run: ['ls', 2] }, 'spec.run'],
  [{ run: 'a\0b' }, 'spec.run'],
  [{ run: 'ls', timeout_seconds: 0 }, 'spec.timeout_seconds'],
  [{ run: 'ls', env: { 'A=B': 'c' } }, 'spec.env'],
  [{ run: 'ls', env: { A: 1 } }, 'spec.env.A'],
  [{ run: 'ls', base: '' }, 'spec.base'],
])('refuses %j and names %s', (spec, field) => {
  const refused = readScriptSpec('t', spec);
  expect(refused).toMatchObject({ refused: 'invalid_input', params: { issues: expect.stringContaining(field) } });
});

test('shows an array as a line that a shell would read the same way', () => {
  expect(commandLabel(['echo', 'a b', "it's", '--x=1'])).toBe(`echo 'a b' 'it'\\''s' --x=1`);
  expect(commandLabel('  npm test ')).toBe('npm test');
});
