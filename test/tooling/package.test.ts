import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { build } from '../../scripts/build.ts';
import { messageOf, hintOf } from '../../src/contract/failure.ts';

const ROOT = join(import.meta.dirname, '../..');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tutti-package-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** Makes Node claim another version. */
const OLD_NODE = ['--import', `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.20.2'})`];

/** Runs a file with this Node. */
async function run(
  path: string,
  nodeOptions: string[] = [],
  args = ['word'],
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [...nodeOptions, join(folder, path), ...args], (_error, stdout, stderr) => {
      resolve({ code: child.exitCode, stdout, stderr });
    });
  });
}

describe.each(['tutti', 'claude-wrapper'])('bin/%s.mjs', (name) => {
  beforeEach(() => cpSync(join(ROOT, 'bin'), join(folder, 'bin'), { recursive: true }));

  test('in a checkout it runs src/main.ts, even beside an older build', async () => {
    write('package.json', '{ "type": "module" }');
    write('src/main.ts', `const from: string = 'src'; console.log(from, process.argv.slice(2).join());`);
    write('dist/main.js', `console.log('dist');`);
    expect(await run(`bin/${name}.mjs`)).toEqual({ code: 0, stdout: 'src word\n', stderr: '' });
  });

  test('in the published package it runs dist/main.js', async () => {
    write('package.json', '{ "type": "module" }');
    write('dist/main.js', `console.log('dist', process.argv.slice(2).join());`);
    expect(await run(`bin/${name}.mjs`)).toEqual({ code: 0, stdout: 'dist word\n', stderr: '' });
  });

  test('under an older Node it says so in one line and imports nothing: node_too_old', async () => {
    write('src/main.ts', `console.log('ran');`);
    const { code, stdout, stderr } = await run(`bin/${name}.mjs`, OLD_NODE);
    const sentence = `${messageOf('node_too_old', { version: '20.20.2' })} ${hintOf('node_too_old', {})} [node_too_old]\n`;
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: sentence });
  });
});

test('the package as it is published prints its version from below node_modules', async () => {
  const installed = 'node_modules/tutti';
  cpSync(join(ROOT, 'bin'), join(folder, installed, 'bin'), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(folder, installed, 'package.json'));
  for (const name of readdirSync(join(ROOT, 'node_modules')))
    symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  build(ROOT, join(folder, installed, 'dist'));
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  expect(await run(`${installed}/bin/tutti.mjs`, [], ['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

test('packed and installed in an empty folder, both programs show their help, and under an older Node say one clear sentence', async () => {
  const npm = (args: string[], cwd: string): string =>
    execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const [packed] = JSON.parse(npm(['pack', '--json', '--silent', '--pack-destination', folder], ROOT)) as [{ filename: string }];
  const empty = join(folder, 'empty');
  write('empty/package.json', '{ "private": true }');
  // What is not in npm's cache comes over a network, which may be away for a while.
  const patient = ['--prefer-offline', '--fetch-retries=10', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=20000'];
  npm(['install', '--no-audit', '--no-fund', ...patient, '--silent', join(folder, packed.filename)], empty);
  for (const name of ['tutti', 'claude-wrapper']) {
    const program = join('empty/node_modules/.bin', name);
    expect(await run(program, [], ['--help'])).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('tutti up') });
    const { code, stdout, stderr } = await run(program, OLD_NODE, ['--help']);
    expect([code, stdout, stderr.trimEnd().split('\n').length]).toEqual([1, '', 1]);
    expect(stderr).toContain('[node_too_old]');
  }
  const systemNode = '/usr/bin/node';
  if (!existsSync(systemNode)) return;
  const version = execFileSync(systemNode, ['--version'], { encoding: 'utf8' }).trim().slice(1);
  const ran = spawnSync(systemNode, [join(empty, 'node_modules/.bin/tutti'), '--help'], { encoding: 'utf8' });
  const isOld = Number.parseInt(version, 10) < 24;
  expect([ran.status, ran.stderr.includes(version)]).toEqual(isOld ? [1, true] : [0, false]);
}, 600_000);

describe('the build', () => {
  beforeEach(() => {
    for (const file of ['tsconfig.json', 'tsconfig.build.json', 'package.json']) cpSync(join(ROOT, file), join(folder, file));
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  });

  test('turns sources into JavaScript that runs below node_modules, workers and other files with it, tests left out', async () => {
    write(
      'src/main.ts',
      `import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { greeting } from './deep/greeting.ts';
const worker = new Worker(new URL('./deep/worker.ts', import.meta.url));
const [answer] = await once(worker, 'message');
console.log(greeting, answer, readFileSync(new URL('./deep/text.sql', import.meta.url), 'utf8'));
`,
    );
    write('src/deep/greeting.ts', `export const greeting: string = 'hello';\n`);
    write('src/deep/greeting.test.ts', `export const never: number = 'a type error';\n`);
    write('src/deep/worker.ts', `import { parentPort } from 'node:worker_threads';\nparentPort?.postMessage('from a worker' as string);\n`);
    write('src/deep/text.sql', 'select 1');
    const installed = 'installed/node_modules/tutti';
    write(`${installed}/package.json`, '{ "type": "module" }');
    build(folder, join(folder, installed, 'dist'));
    expect(await run(`${installed}/dist/main.js`)).toEqual({ code: 0, stdout: 'hello from a worker select 1\n', stderr: '' });
  });

  test('fails with what the compiler says', () => {
    write('src/main.ts', `export const a: number = 'text';\n`);
    expect(() => build(folder, join(folder, 'dist'))).toThrow('src/main.ts(1,14): error TS2322');
  });
});
