/**
 * A task of the demo: runs a group of the repository's tests with its own vitest, and writes down what passed.
 * Arguments: a name, the vitest program, and what to run.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { countOf, tableOf, tellProgress, writeFindings } from './worktree-files.ts';

interface TestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

const [name = '', vitest = '', ...groups] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'tutti-tests-'));
try {
  tellProgress(0.1, `running ${groups.join(', ')}`);
  const file = join(folder, 'report.json');
  const flags = ['--maxWorkers=1', '--no-isolate', '--reporter=json', `--outputFile=${file}`];
  const run = spawnSync(process.execPath, [vitest, 'run', ...groups, ...flags], { stdio: ['ignore', 'inherit', 'inherit'] });
  const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as TestReport;
  tellProgress(0.9, 'writing down what passed');
  const rows = testResults
    .map((each) => {
      const count = (status: string): number => each.assertionResults.filter((test) => test.status === status).length;
      return [relative(process.cwd(), each.name), count('passed'), count('failed')] as const;
    })
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  const total = (column: 1 | 2): number => rows.reduce((sum, row) => sum + row[column], 0);
  const summary = `${countOf(total(1), 'test')} passed, ${total(2)} failed, in ${countOf(rows.length, 'file')}.`;
  writeFindings({ name, title: `Tests: ${groups.join(', ')}`, summary, lines: tableOf(['file', 'passed', 'failed'], rows) });
  for (const test of testResults.flatMap((each) => each.assertionResults).filter(({ status }) => status === 'failed')) {
    process.stdout.write(`failed: ${test.fullName}\n`);
  }
  process.exitCode = run.status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
