/**
 * Builds the dashboard into web/dist when that is missing or older than its sources; `npm start` and `npm run build` call it.
 * Invariant: web/dist is always a whole build: a new one is made beside it and takes its place at once; of several at the
 * same time one does.
 */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a build is made from: a change in any of these makes it stale. */
const SOURCES = ['web/src', 'web/public', 'web/index.html', 'web/package.json', 'web/vite.config.ts', 'src/contract', 'src/client'];
const STAMP = 'built-from.txt';

/** Builds unless what is there was made from the same sources. Returns true when it built. Throws what vite throws. */
export async function buildWeb(root: string): Promise<boolean> {
  const out = join(root, 'web/dist');
  const sources = hashOf(root);
  if (stampOf(out) === sources) return false;
  const draft = join(root, `web/.dist-${randomUUID()}`);
  const old = join(root, `web/.dist-${randomUUID()}`);
  try {
    // Whatever runs the build: what is served is made for production.
    process.env['NODE_ENV'] = 'production';
    const { build } = await import('vite');
    await build({ root: join(root, 'web'), logLevel: 'warn', build: { outDir: draft, emptyOutDir: true } });
    writeFileSync(join(draft, STAMP), sources);
    return takePlace(draft, out, old, sources);
  } finally {
    rmSync(draft, { recursive: true, force: true });
    rmSync(old, { recursive: true, force: true });
  }
}

/** Puts the draft where the build belongs; false when another builder has put the same there meanwhile. */
function takePlace(draft: string, out: string, old: string, sources: string): boolean {
  for (let tries = 1; ; tries += 1) {
    if (stampOf(out) === sources) return false;
    try {
      if (existsSync(out)) renameSync(out, old);
      renameSync(draft, out);
      return true;
    } catch (error) {
      // Between two lines another builder took what was there away, or put its own there.
      if (tries === 3) throw error;
    }
  }
}

/** What a build says it was made from; null: there is none. */
function stampOf(out: string): string | null {
  try {
    return readFileSync(join(out, STAMP), 'utf8');
  } catch {
    return null;
  }
}

/** One hash over names and contents of everything a build is made from. */
function hashOf(root: string): string {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    const path = join(root, source);
    const files = statSync(path).isDirectory() ? readdirSync(path, { recursive: true, encoding: 'utf8' }).toSorted() : [''];
    for (const file of files) {
      const each = join(path, file);
      if (statSync(each).isFile()) hash.update(`${source}/${file}\0`).update(readFileSync(each)).update('\0');
    }
  }
  return `${hash.digest('hex')}\n`;
}

if (import.meta.main) {
  const started = performance.now();
  try {
    if (await buildWeb(join(import.meta.dirname, '..'))) {
      console.error(`Built the dashboard in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
    }
  } catch (error) {
    console.error(`The dashboard could not be built: ${error instanceof Error ? error.message : String(error)}`);
    // npm start goes on without it: everything but the pages works.
    if (!process.argv.includes('--optional')) process.exitCode = 1;
  }
}
