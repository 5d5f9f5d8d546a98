/**
 * How ids are spelled, without the schemas that are made of it: programs that live for one call load it alone.
 */

/** Letters, digits and . _ : @ + -, the first a letter or digit. */
export const WORD = /^[A-Za-z0-9][A-Za-z0-9._:@+-]*$/;

/** Characters of an id of a session or a task at most. */
export const LONGEST_ID = 128;

/** True for what can be the id of a task. */
export function isTaskId(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST_ID && WORD.test(value);
}
