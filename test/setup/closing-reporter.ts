/**
 * The default reporter, closed by what was skipped and why, and by `N passed, N failed, N skipped` alone on a line.
 * While it runs it names files that give no result for a minute. It counts all runs of its process: of a file that ran again
 * the last run counts, and what failed before is named.
 * Invariant: with CI=true a skipped test makes the run fail.
 */
import { DefaultReporter, type TestCase, type TestModule } from 'vitest/node';
import { troubledFiles } from './troubled-files.ts';

/** What a run came to. Failed counts tests, and files or suites that broke outside of a test. */
export interface RunSummary {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
}

/** Counts a run. `unhandled` is the number of errors that belong to no test. */
export function summarise(modules: readonly TestModule[], unhandled: number): RunSummary {
  const tests = modules.flatMap((each) => [...each.children.allTests()]);
  const broken = modules.flatMap((each) => [each, ...each.children.allSuites()]).filter((each) => each.errors().length > 0);
  const inState = (state: string): TestCase[] => tests.filter((each) => each.result().state === state);
  return {
    passed: inState('passed').length,
    failed: inState('failed').length + broken.length + unhandled,
    skipped: [...inState('skipped'), ...inState('pending')].map((each) => ({
      name: `${each.module.relativeModuleId} > ${each.fullName}`,
      reason: reasonOf(each),
    })),
  };
}

function reasonOf(test: TestCase): string {
  const result = test.result();
  if (result.state === 'skipped' && result.note !== undefined) return result.note;
  return result.state === 'pending' ? 'the run ended before it' : 'no reason given';
}

function failuresOf(file: TestModule): string[] {
  const failed = [...file.children.allTests('failed')].map((each) => `${file.relativeModuleId} > ${each.fullName}`);
  return failed.length > 0 ? failed : [file.relativeModuleId];
}

/** The closing lines of a run; `recovered` are the names of what failed at first. */
export function closingLines(summary: RunSummary, recovered: readonly string[] = []): string[] {
  const skipped = summary.skipped.map((each) => `skipped: ${each.name}: ${each.reason}`);
  const uncertain = recovered.map((name) => `passed only at the second try: ${name}`);
  return [...skipped, ...uncertain, `${summary.passed} passed, ${summary.failed} failed, ${summary.skipped.length} skipped`];
}

/** What the reporter can be told in vitest's settings. */
interface ClosingOptions {
  /** A file that runs longer than this without a result is named, each time it passes again, in ms. */
  readonly stillRunningAfter?: number;
}

/** The reporter of `npm test`; vitest takes it by the path of this file. */
class ClosingReporter extends DefaultReporter {
  readonly #stillRunningAfter: number;
  readonly #waits = new Map<string, NodeJS.Timeout>();
  /** The last run of each file. */
  readonly #modules = new Map<string, TestModule>();
  /** The names of what failed, by file. */
  readonly #failed = new Map<string, readonly string[]>();

  constructor({ stillRunningAfter = 60_000 }: ClosingOptions = {}) {
    super();
    this.#stillRunningAfter = stillRunningAfter;
  }

  override onTestRunEnd(...run: Parameters<DefaultReporter['onTestRunEnd']>): void {
    for (const path of this.#waits.keys()) this.#stopWaiting(path);
    super.onTestRunEnd(...run);
    for (const each of run[0]) this.#modules.set(each.relativeModuleId, each);
    const summary = summarise([...this.#modules.values()], run[1].length);
    const refused = summary.skipped.length > 0 && process.env['CI'] === 'true';
    if (refused) process.exitCode = 1;
    this.log([...(refused ? ['CI=true: a skipped test is a failure.'] : []), ...closingLines(summary, this.#recovered(run[1]))].join('\n'));
  }

  /** What failed in an earlier run and passed in this one; takes in what failed now. */
  #recovered(errors: readonly unknown[]): string[] {
    const troubled = troubledFiles([...this.#modules.values()], errors) ?? [...this.#modules.values()];
    const passed = [...this.#failed].filter(([path]) => !troubled.some(({ relativeModuleId }) => relativeModuleId === path));
    for (const each of troubled) this.#failed.set(each.relativeModuleId, failuresOf(each));
    return passed.flatMap(([, names]) => names);
  }

  override onTestModuleQueued(file: TestModule): void {
    super.onTestModuleQueued(file);
    this.#wait(file.relativeModuleId);
  }

  override onTestCaseResult(test: TestCase): void {
    super.onTestCaseResult(test);
    this.#wait(test.module.relativeModuleId);
  }

  override onTestModuleEnd(file: TestModule): void {
    this.#stopWaiting(file.relativeModuleId);
    super.onTestModuleEnd(file);
  }

  /** A file that blocks its own process cannot say so; without this a run would hang without a word. */
  #wait(path: string): void {
    this.#stopWaiting(path);
    const say = (): void => this.log(`no result for ${this.#stillRunningAfter / 1_000} s: ${path}`);
    this.#waits.set(path, setInterval(say, this.#stillRunningAfter).unref());
  }

  #stopWaiting(path: string): void {
    clearInterval(this.#waits.get(path));
    this.#waits.delete(path);
  }
}

export default ClosingReporter;
