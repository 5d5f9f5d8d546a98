/**
 * Finds tests that wait less long than a busy machine may take: what comes late still comes, and a wait that ends before it
 * is a failure that says nothing.
 */
import { place, type SourceFile } from './source-file.ts';

/** As long as `expect.poll` waits by itself (vitest.config.ts). */
const SHORTEST_MS = 45_000;
const LIMIT = /\btimeout: ([\d_]+)(?! \*)\b/g;
/** By itself `vi.waitFor` gives up after a second. */
const UNLIMITED = /\bvi\.wait(?:For|Until)\((?:(?!timeout: )[^])*?\);\n/g;

/** Limits of waiting that are shorter than those of `expect.poll`, and waits that name none. */
export function checkWaits(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => [
    ...[...file.text.matchAll(LIMIT)]
      .filter(({ 1: limit = '' }) => Number(limit.replaceAll('_', '')) < SHORTEST_MS)
      .map(({ 1: limit, index }) => `${place(file, index)}: waits ${limit} ms at most; a busy machine may take ${SHORTEST_MS}`),
    ...[...file.text.matchAll(UNLIMITED)].map(({ index }) => `${place(file, index)}: waits a second at most; name a timeout`),
  ]);
}
