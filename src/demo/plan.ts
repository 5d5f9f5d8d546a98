/**
 * The plan of the demo: real housekeeping on the clone, with what the repository itself brings. A task whose tools are
 * not there is not planned. Invariant: every task's dependencies come before it.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TaskInput } from '../contract/operations/work-operations.ts';
import type { DemoClone } from './clone-repository.ts';

/** One task of the plan. */
export interface PlannedTask {
  readonly id: string;
  readonly title: string;
  readonly capability: 'test' | 'code' | 'docs' | 'review';
  readonly run: readonly string[];
  readonly after: readonly string[];
  /** It runs long enough for its worker to be killed in the middle: how long to let it run before, in ms. */
  readonly kill_after_ms: number | null;
  readonly priority: number;
}

/** What its sessions can do; everything but the review is done by several. */
export const DEMO_CREW = [
  { name: 'eng-1', capabilities: ['test', 'code', 'docs'] },
  { name: 'eng-2', capabilities: ['test', 'code', 'docs'] },
  { name: 'eng-3', capabilities: ['test', 'code', 'docs'] },
  { name: 'reviewer-1', capabilities: ['review', 'docs'] },
] as const;

/** True when every capability of a session is another one's too: without it the plan still comes to its end. */
export function isReplaceable(name: string): boolean {
  const others = new Set<string>(DEMO_CREW.filter((member) => member.name !== name).flatMap(({ capabilities }) => [...capabilities]));
  return DEMO_CREW.find((member) => member.name === name)?.capabilities.every((capability) => others.has(capability)) === true;
}

const SCRIPTS = {
  compare: new URL('./tasks/compare-again.ts', import.meta.url),
  changes: new URL('./tasks/list-changes.ts', import.meta.url),
  exports: new URL('./tasks/list-exports.ts', import.meta.url),
  licences: new URL('./tasks/list-licences.ts', import.meta.url),
  links: new URL('./tasks/check-links.ts', import.meta.url),
  modules: new URL('./tasks/draw-modules.ts', import.meta.url),
  sizes: new URL('./tasks/measure-sizes.ts', import.meta.url),
  summary: new URL('./tasks/write-summary.ts', import.meta.url),
  testInventory: new URL('./tasks/list-tests.ts', import.meta.url),
  tests: new URL('./tasks/run-tests.ts', import.meta.url),
};

const RULE_TESTS = ['add-rules', 'backlog-rules', 'work-rules', 'session-rules', 'dispatch', 'health'].map((name) => `test/domain/${name}`);

/** Groups of tests that are quick, need no network and leave nothing running. */
const TEST_GROUPS = [
  { id: 'tests-units', title: 'Run the tests beside the code', paths: ['src'], kill_after_ms: 900 },
  { id: 'tests-rules', title: 'Run the tests of the rules', paths: RULE_TESTS, kill_after_ms: 700 },
  { id: 'tests-journal', title: 'Run the contract of the journal', paths: ['test/journal/memory-journal'], kill_after_ms: null },
];

/** The plan for a repository. `suffix` keeps the ids of several runs in one swarm apart. */
export function planDemo(clone: DemoClone, suffix: string): PlannedTask[] {
  const first = [...testTasks(clone), ...toolTasks(clone), ...inventoryTasks(clone)];
  const reviews = [reviewOf('modules', 'Review: draw the module graph again'), reviewOf('exports', 'Review: list the exports again')];
  const before = [...first, ...reviews];
  const ids = before.map(({ id }) => id + suffix);
  const summary = task('summary', 'Write the summary of all', 'docs', [...script('summary'), clone.base_commit, ...ids]);
  return [...before, { ...summary, after: before.map(({ id }) => id) }].map((each) => ({
    ...each,
    id: each.id + suffix,
    after: each.after.map((id) => id + suffix),
  }));
}

/** The tasks as the server takes them. */
export function taskInputs(plan: readonly PlannedTask[], clone: DemoClone): TaskInput[] {
  return plan.map(({ id, title, capability, run, after, priority }) => ({
    id,
    type: 'demo',
    title,
    priority,
    required_capability: capability,
    dependencies: [...after],
    // A failed check is a finding; a review has nothing to compare then.
    on_dependency_failure: capability === 'review' ? ('cascade' as const) : ('ignore' as const),
    spec: {
      run: [...run],
      repository: clone.folder,
      base: clone.branch,
      merge_into: clone.branch,
      timeout_seconds: 120,
      env: { TMPDIR: clone.temporary },
    },
  }));
}

function testTasks({ files, modules }: DemoClone): PlannedTask[] {
  const vitest = toolOf(modules, 'vitest/vitest.mjs');
  if (vitest === null) return [];
  return TEST_GROUPS.filter(({ paths }) =>
    files.some((file) => file.endsWith('.test.ts') && paths.some((path) => file.startsWith(path))),
  ).map(({ id, title, paths, kill_after_ms }) => ({
    ...task(id, title, 'test', [...script('tests'), id, vitest, ...paths]),
    kill_after_ms,
    priority: kill_after_ms === null ? 6 : 9,
  }));
}

function toolTasks({ files, modules }: DemoClone): PlannedTask[] {
  const tsc = toolOf(modules, 'typescript/bin/tsc');
  const oxfmt = toolOf(modules, 'oxfmt/bin/oxfmt');
  return [
    ...(tsc !== null && files.includes('tsconfig.json')
      ? [{ ...task('types', 'Check all types', 'code', [process.execPath, tsc, '-p', '.']), priority: 8, kill_after_ms: 700 }]
      : []),
    ...(oxfmt !== null && files.includes('.oxfmtrc.json')
      ? [task('format', 'Check the format of all files', 'code', [process.execPath, oxfmt, '--check', '.'])]
      : []),
    ...(files.includes('scripts/generate-reference.ts')
      ? [task('reference', 'Generate the reference again', 'docs', [process.execPath, 'scripts/generate-reference.ts'])]
      : []),
  ];
}

function inventoryTasks({ files }: DemoClone): PlannedTask[] {
  return [
    task('links', 'Check every link of the documents', 'docs', script('links')),
    task('modules', 'Draw the module graph', 'code', script('modules')),
    task('exports', 'List what the code exports', 'code', script('exports')),
    task('sizes', 'Measure files and lines', 'docs', script('sizes')),
    task('test-inventory', 'Take stock of the tests', 'test', script('testInventory')),
    ...(files.includes('package-lock.json') ? [task('licences', 'Take stock of the licences', 'code', script('licences'))] : []),
    task('changes', 'Find what changes most', 'docs', script('changes')),
  ];
}

/** A reviewer runs the generator of a page again, in a worktree of its own. */
function reviewOf(page: 'modules' | 'exports', title: string): PlannedTask {
  const run = [...script('compare'), `housekeeping/${page}.md`, fileURLToPath(SCRIPTS[page])];
  return { ...task(`review-${page}`, title, 'review', run), after: [page] };
}

function task(id: string, title: string, capability: PlannedTask['capability'], run: readonly string[]): PlannedTask {
  return { id, title, capability, run, after: [], kill_after_ms: null, priority: 5 };
}

function script(name: keyof typeof SCRIPTS): string[] {
  return [process.execPath, fileURLToPath(SCRIPTS[name])];
}

function toolOf(modules: DemoClone['modules'], path: string): string | null {
  return modules?.has(path) === true ? join(modules.folder, path) : null;
}
