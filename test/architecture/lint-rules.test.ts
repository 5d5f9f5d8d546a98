import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { PORT_FILES, PORTED } from './rules.ts';
import { ROOT } from './source-file.ts';

/** A file per norm that breaks it, and the rules that must say so. */
const SAMPLES: readonly { readonly path: string; readonly text: string; readonly rules: readonly string[] }[] = [
  {
    path: 'src/server/promises.ts',
    text: `async function work(): Promise<number> { return 1; }
export async function f(kind: 'a' | 'b'): Promise<void> {
  work();
  [1].forEach(async () => { await work(); });
  await 3;
  switch (kind) { case 'a': break; }
  if (kind === 'b') throw 'no';
}`,
    rules: ['no-floating-promises', 'no-misused-promises', 'await-thenable', 'switch-exhaustiveness-check', 'only-throw-error'],
  },
  {
    path: 'src/server/types.ts',
    text: `import { Server } from 'node:net';
export function f(a: any, b?: string): Server | number {
  // @ts-ignore
  const c: string = 1;
  return b!.length == c.length ? JSON.parse(c).x : a;
}`,
    rules: ['no-explicit-any', 'ban-ts-comment', 'no-non-null-assertion', 'eqeqeq', 'no-unsafe-member-access', 'consistent-type-imports'],
  },
  {
    path: 'src/server/shape.ts',
    text: `// todo later
export default function f(a: 1, b: 1, c: 1, d: 1, e: 1): void {
${'  console.log(process.env);\n'.repeat(401)}}
export * from './types.ts';`,
    rules: [
      'max-lines',
      'max-lines-per-function',
      'max-params',
      'no-default-export',
      'no-barrel-file',
      'no-console',
      'no-process-env',
      'no-warning-comments',
    ],
  },
  {
    path: 'src/server/BadName.ts',
    text: `import { readFileSync } from 'fs';\nexport const a = readFileSync;`,
    rules: ['filename-case', 'prefer-node-protocol'],
  },
  {
    path: 'src/views/node.ts',
    text: `import { readFileSync } from 'node:fs';\nexport const a = readFileSync;`,
    rules: ['no-restricted-imports', 'no-nodejs-modules'],
  },
  ...PORTED.map((folder) => ({
    path: `src/${folder}/ports.ts`,
    text: 'export const a = [Date.now(), setTimeout];',
    rules: ['no-restricted-properties', 'no-restricted-globals'],
  })),
  {
    path: 'test/a.test.ts',
    text: `import { test } from 'vitest';\ntest.only('a', () => {});`,
    rules: ['no-focused-tests', 'expect-expect'],
  },
];

test('every rule that stands for a norm reports a file that breaks it, and port files are exempt', async () => {
  const root = mkdtempSync(join(tmpdir(), 'tutti-lint-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const file of ['.oxlintrc.json', 'tsconfig.json', 'package.json']) cpSync(join(ROOT, file), join(root, file));
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  for (const path of PORT_FILES) write(join(root, path), 'export const a = [Date.now(), setTimeout];');
  for (const { path, text } of SAMPLES) write(join(root, path), text);

  const reported = await lint(root);
  for (const { path, rules } of SAMPLES)
    expect.soft({ path, rules: [...(reported.get(path) ?? [])] }).toEqual({ path, rules: expect.arrayContaining([...rules]) });
  for (const path of PORT_FILES) expect.soft(reported.get(path)).toBeUndefined();
}, 240_000);

test('the formatter settings are those of the style guide', () => {
  const settings = JSON.parse(readFileSync(join(ROOT, '.oxfmtrc.json'), 'utf8')) as Record<string, unknown>;
  expect(settings).toMatchObject({ printWidth: 140, tabWidth: 2, singleQuote: true, trailingComma: 'all' });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${text}\n`);
}

/** Path → rules that oxlint reports for it. */
async function lint(root: string): Promise<Map<string, Set<string>>> {
  const output = await new Promise<string>((resolve) => {
    execFile(
      join(ROOT, 'node_modules/.bin/oxlint'),
      ['--format', 'json', 'src', 'test'],
      { cwd: root, maxBuffer: 1 << 26 },
      (_error, stdout) => resolve(stdout),
    );
  });
  const { diagnostics } = JSON.parse(output) as { diagnostics: { filename: string; code: string }[] };
  const reported = new Map<string, Set<string>>();
  for (const { filename, code } of diagnostics) {
    const rule = code.replace(/^.*\((.*)\)$/, '$1');
    reported.set(filename, (reported.get(filename) ?? new Set()).add(rule));
  }
  return reported;
}
