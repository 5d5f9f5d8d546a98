/**
 * Makes dist/ for the published package: the checkout runs without a build, but Node strips no types below node_modules.
 * Invariant: dist/ holds what src/ holds but its tests, under the same paths, with `.ts` turned into `.js` in every reference.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Builds `src` of the project at `root` into `out`. Throws Error with the compiler's output when it does not compile. */
export function build(root: string, out: string): void {
  rmSync(out, { recursive: true, force: true });
  const compiler = join(import.meta.dirname, '../node_modules/typescript/bin/tsc');
  try {
    execFileSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json'), '--outDir', out], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
  } catch (error) {
    throw new Error(`The build failed:\n${(error as { stdout?: string }).stdout ?? ''}`, { cause: error });
  }
  cpSync(join(root, 'src'), out, { recursive: true, filter: (path) => !path.endsWith('.ts') });
  for (const file of readdirSync(out, { recursive: true, encoding: 'utf8' })) {
    if (file.endsWith('.js')) rewriteUrls(join(out, file));
  }
}

/** The compiler rewrites imports, not `new URL('./worker.ts', import.meta.url)`. */
function rewriteUrls(file: string): void {
  const text = readFileSync(file, 'utf8');
  const rewritten = text.replaceAll(/(new URL\(\s*'\.{1,2}\/[^']*)\.ts('\s*,\s*import\.meta\.url)/g, '$1.js$2');
  if (rewritten !== text) writeFileSync(file, rewritten);
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '..');
  build(root, join(root, 'dist'));
}
