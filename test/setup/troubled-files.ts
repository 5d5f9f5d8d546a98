/**
 * Owns to which files the trouble of a run belongs: files that failed, files with an error outside of their tests, and files
 * whose process ended before they did.
 */
import type { TestModule } from 'vitest/node';

/** The files with trouble; `errors` are those that belong to no test. null when one of them belongs to no file. */
export function troubledFiles(modules: readonly TestModule[], errors: readonly unknown[]): TestModule[] | null {
  const unfinished = modules.filter((each) => ['pending', 'queued'].includes(each.state()));
  const named = new Set(errors.map(fileOf));
  const strays = errors.filter((each) => !modules.some(({ moduleId }) => moduleId === fileOf(each)));
  if (strays.length > unfinished.length) return null;
  return modules.filter((each) => !each.ok() || unfinished.includes(each) || named.has(each.moduleId));
}

/** The file that vitest notes on an error which its own process could still tell. */
function fileOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'VITEST_TEST_PATH' in error ? error.VITEST_TEST_PATH : null;
}
