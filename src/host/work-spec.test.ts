import { describe, expect, test } from 'vitest';
import { readWorkSpec } from './work-spec.ts';

describe('where a task works', () => {
  test.each([
    ['nowhere: text', 'do something', { repository: null, base: null, merge_into: null, merge_from: null }],
    ['nowhere: only a command', { run: 'true' }, { repository: null, base: null, merge_into: null, merge_from: null }],
    [
      'a repository',
      { run: 'true', repository: '../project' },
      { repository: '../project', base: null, merge_into: null, merge_from: null },
    ],
    [
      'all of it',
      { repository: 'r', base: 'v1', merge_into: 'results' },
      { repository: 'r', base: 'v1', merge_into: 'results', merge_from: null },
    ],
  ])('%s', (_name, spec, expected) => {
    expect(readWorkSpec(spec)).toEqual(expected);
  });

  test.each([
    [{ repository: 7 }, 'spec.repository'],
    [{ repository: '' }, 'spec.repository'],
    [{ repository: 'r', base: ['a'] }, 'spec.base'],
    [{ repository: 'r', merge_into: 'x'.repeat(5000) }, 'spec.merge_into'],
    [{ base: 'main' }, 'spec.base: needs spec.repository'],
    [{ base: 'main', merge_into: 'results' }, 'spec.merge_into: needs spec.repository'],
  ])('%j is refused', (spec, issue) => {
    const read = readWorkSpec(spec);
    expect(read).toMatchObject({ refused: 'invalid_input' });
    expect(JSON.stringify(read)).toContain(issue);
  });
});
