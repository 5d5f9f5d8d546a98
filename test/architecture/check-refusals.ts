/**
 * Finds tests that look at a refusal too late: a promise that rejects while its test waits for something else has nobody who
 * takes its rejection, and that is an error of the whole run, on a machine that is slow enough.
 */
import { place, type SourceFile } from './source-file.ts';

const EXPECTED = /await expect\((\w+)\)\s*\.rejects/g;

/** Awaited `expect(name).rejects` whose promise was made before another `await`, or stands in a list that is gone through one by one. */
export function checkRefusals(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) =>
    [...file.text.matchAll(EXPECTED)]
      .filter(({ 1: name = '', index }) => isLate(file.text.slice(0, index), name))
      .map(({ 1: name, index }) => `${place(file, index)}: ${name} may be refused before anybody looks at it`),
  );
}

function isLate(before: string, name: string): boolean {
  const made = before.lastIndexOf(`const ${name} `);
  const since = before.slice(made);
  return made < 0 || /^const \w+ of /.test(since) || /\bawait\b/.test(withoutFunctions(since));
}

/** What the test itself waits for is no part of a function that it declares meanwhile. */
function withoutFunctions(text: string): string {
  return text.replace(/\(async \(\) => \{[^]*?\n {4}\}\)\(\)/g, '');
}
