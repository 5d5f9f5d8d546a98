/**
 * A small repository with one piece of work in it, for pages that show what a task changed.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The commits of the work, as a result names them. */
export interface NamedWork {
  readonly base_commit: string;
  readonly commit: string;
  readonly branch: string;
  readonly insertions: number;
  readonly deletions: number;
  readonly changed_files_total: number;
}

/** The repository. */
export interface ExporterRepository {
  readonly folder: string;
  readonly work: NamedWork;
  readonly remove: () => void;
}

const BEFORE = {
  'src/export.ts': `import { readOrders } from './archive.ts';

/** Writes every order as one row. */
export async function exportOrders(path: string): Promise<number> {
  const rows: string[] = [];
  for (const order of await readOrders(path)) {
    rows.push([order.id, order.day, order.cents].join(';'));
  }
  process.stdout.write(rows.join('\\n'));
  return rows.length;
}
`,
  'src/old-format.ts': "export const SEPARATOR = ';';\n",
  'README.md': '# Exporter\n\nWrites orders as semicolon-separated rows.\n',
};
const AFTER = {
  'src/export.ts': `import { once } from 'node:events';
import { readOrders } from './archive.ts';

/** Writes every order as one row, a few at a time. */
export async function exportOrders(path: string, out: NodeJS.WritableStream): Promise<number> {
  let count = 0;
  for await (const order of readOrders(path)) {
    const row = [order.id, order.day, order.cents].join(',');
    if (!out.write(\`\${row}\\n\`)) await once(out, 'drain');
    count += 1;
  }
  return count;
}
`,
  'test/export.test.ts':
    "import { expect, test } from 'vitest';\n\ntest('a million rows take no more memory than ten', () => {\n  expect(peak(1_000_000)).toBeLessThan(2 * peak(10));\n});\n",
  'README.md': '# Exporter\n\nWrites orders as comma-separated rows, as RFC 4180 says.\n',
};

/** Makes it. */
export function makeExporterRepository(): ExporterRepository {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-exporter-'));
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=eng', '-c', 'user.email=eng@localhost', ...args], {
      encoding: 'utf8',
      env: { ...process.env, GIT_AUTHOR_DATE: '2026-11-20T12:00:00Z', GIT_COMMITTER_DATE: '2026-11-20T12:00:00Z' },
    }).trim();
  const commit = (files: Readonly<Record<string, string>>, message: string): string => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    git('add', '--all');
    git('commit', '-qm', message);
    return git('rev-parse', 'HEAD');
  };
  git('init', '-q');
  const base_commit = commit(BEFORE, 'The old exporter');
  rmSync(join(folder, 'src/old-format.ts'));
  const done = commit(AFTER, 'Stream rows as CSV');
  const branch = 'tutti/build-002';
  // The work is on a branch of its own, as a worker leaves it.
  git('branch', branch);
  git('reset', '-q', '--hard', base_commit);
  const lines = git('diff', '--numstat', '--no-renames', base_commit, done)
    .split('\n')
    .map((line) => line.split('\t').map(Number));
  const sum = (column: number): number => lines.reduce((total, numbers) => total + (numbers[column] ?? 0), 0);
  const work = { base_commit, commit: done, branch, insertions: sum(0), deletions: sum(1), changed_files_total: lines.length };
  return { folder, work, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
