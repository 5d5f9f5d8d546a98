/**
 * Starts Tutti, after a check that any Node which knows ES modules can run: no newer syntax, nothing imported before it.
 * A checkout runs src/main.ts as it is; the published package holds dist/ instead, because Node strips no types below node_modules.
 */

const OLDEST = 24;
const CODE = 'node_too_old';

/** Imports the program, or says in one sentence that this Node cannot run it and ends with exit code 1. */
export function launch() {
  const version = process.versions.node;
  if (Number(version.split('.')[0]) < OLDEST) {
    process.stderr.write(
      'Tutti needs Node ' +
        OLDEST +
        ' or newer; this is ' +
        version +
        '. Install Node ' +
        OLDEST +
        ', then run the command again. [' +
        CODE +
        ']\n',
    );
    process.exitCode = 1;
    return Promise.resolve();
  }
  return import('node:fs').then((fs) => {
    const source = new URL('../src/main.ts', import.meta.url);
    const built = new URL('../dist/main.js', import.meta.url);
    return import(fs.existsSync(source) ? source.href : built.href);
  });
}
