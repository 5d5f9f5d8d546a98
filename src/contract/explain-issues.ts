/**
 * How invalid input is explained to whoever gave it: field by field, in words, the same at every door.
 */
import type { z } from 'zod';

const ISSUES_SHOWN = 10;
const LONGEST_NAME = 64;

type Issue = z.core.$ZodIssue;

/** The issues as `field: problem; field: problem`; of a parse with `reportInput`, so that a missing choice reads as missing. `nameOf` may give a field another name, for example that of its flag. */
export function explainIssues(issues: readonly Issue[], nameOf: (field: string) => string = (field) => field): string {
  const problems = new Map<string, string>();
  for (const issue of issues) {
    for (const [path, problem] of problemsOf(issue)) {
      const field = fieldName(path);
      if (!problems.has(field)) problems.set(field, problem);
    }
  }
  const shown = [...problems].slice(0, ISSUES_SHOWN).map(([field, problem]) => `${nameOf(field)}: ${problem}`);
  const more = problems.size - shown.length;
  return `${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

function problemsOf(issue: Issue): [readonly PropertyKey[], string][] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => [[...issue.path, key], 'unknown field']);
  return [[issue.path, problemOf(issue)]];
}

function problemOf(issue: Issue): string {
  if ('input' in issue && issue.input === undefined) return 'missing';
  if (issue.code === 'invalid_type') {
    const [, received] = /received (\w+)$/.exec(issue.message) ?? [];
    if (received === 'undefined') return 'missing';
    return `must be ${wordFor(issue.expected)}${received === undefined || (issue.expected === 'int' && received === 'number') ? '' : `, not ${received}`}`;
  }
  if (issue.code === 'invalid_value') return `must be ${issue.values.map(String).join(' or ')}`;
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}${unitOf(issue.origin)}`;
  if (issue.code === 'too_small')
    return `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unitOf(issue.origin)}`;
  return issue.message;
}

function wordFor(expected: string): string {
  if (expected === 'int') return 'a whole number';
  if (expected === 'nonoptional') return 'given';
  return /^[aeiou]/.test(expected) ? `an ${expected}` : `a ${expected}`;
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters long';
  return origin === 'array' || origin === 'set' ? ' entries long' : '';
}

function fieldName(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'input';
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key).slice(0, LONGEST_NAME)}`))
    .join('')
    .replace(/^\./, '');
}
