/** How invalid input is explained. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { Failure } from '../contract/failure.ts';
import { validatorFor, validatorOf } from './validate-input.ts';

function explanation(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Failure && error.code === 'invalid_input') return String(error.params['issues']);
    throw error;
  }
  throw new Error('it was accepted');
}

const add = validatorOf('work.add');
const why = (input: unknown): string => explanation(() => add(input));

test('names the field and what is wrong with it', () => {
  expect(why({ type: 'build' })).toBe('title: missing');
  expect(why({ type: 7, title: 'x' })).toBe('type: must be a string, not number');
  expect(why({ type: 'build', title: null })).toBe('title: must be a string, not null');
  expect(why({ type: 'build', title: '' })).toBe('title: must be at least 1 characters long');
  expect(why({ type: 'build', title: 'x', priority: 1.5 })).toBe('priority: must be a whole number');
  expect(why({ type: 'build', title: 'x', priority: 11 })).toBe('priority: must be at most 10');
  expect(why({ type: 'build', title: 'x', estimated_hours: 0 })).toBe('estimated_hours: must be more than 0');
  expect(why({ type: 'build', title: 'x', roi: 'huge' })).toBe('roi: must be low or medium or high');
  expect(why({ type: 'a b', title: 'x' })).toMatch(/^type: must be 1 to 64 characters/);
  expect(why({ type: 'build', title: 'x', colour: 1, size: 2 })).toBe('colour: unknown field; size: unknown field');
});

test('explains the form that the input aims at, never the other one', () => {
  expect(why({ tasks: [{ type: 'build', title: 'x' }, { type: 'build' }] })).toBe('tasks[1].title: missing');
  expect(why({ tasks: 7 })).toBe('tasks: must be an array, not number');
  expect(why({ tasks: [], title: 'x' })).toBe('tasks: must be at least 1 entries long; title: unknown field');
  expect(why({})).toBe('type: missing; title: missing');
});

test('says what is no object at all', () => {
  for (const input of [null, 7, 'text', [], true]) expect(why(input)).toMatch(/^input: must be an object, not/);
  expect(why(undefined)).toBe('input: missing');
});

test('stays short however much is wrong, and repeats no value', () => {
  const text = why({ tasks: Array.from({ length: 5000 }, () => ({ type: 'build', title: 'secret'.repeat(1000), ['x'.repeat(500)]: 1 })) });
  expect(text).toMatch(/; and \d+ more$/);
  expect(text.length).toBeLessThan(2000);
  expect(text).not.toContain('secret');
});

test('returns what is valid, with defaults and without a copy of free-form values', () => {
  const spec = { run: 'npm test', env: { A: ['1'] } };
  const task = add({ type: 'build', title: 'x', spec });
  expect(task).toEqual({ type: 'build', title: 'x', spec });
  expect('spec' in task && task.spec).toBe(spec);
  expect(validatorFor(z.strictObject({ id: z.string().default('none') }))({})).toEqual({ id: 'none' });
});

test('refuses free-form values that are no plain JSON', () => {
  const refused = (spec: unknown): string => why({ type: 'build', title: 'x', spec });
  const nested = (levels: number): unknown => (levels === 0 ? 'bottom' : { deeper: nested(levels - 1) });
  expect(add({ type: 'build', title: 'x', spec: nested(64) })).toBeDefined();
  for (const spec of [7, null, [], true, nested(65), JSON.parse('{"__proto__":{}}'), { a: undefined }, { a: Number.NaN }, { a: () => 1 }]) {
    expect(refused(spec)).toMatch(/^spec: must be text or a JSON object/);
  }
});
