/**
 * The default reporter, closed by what was skipped and why, and by `N passed, N failed, N skipped` alone on a line.
 * While it runs it names files that give no result for a minute.
 * Invariant: with CI=true a skipped test makes the run fail.
 */
import { DefaultReporter, type TestCase, type TestModule } from 'vitest/node';

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

/** The closing lines of a run. */
export function closingLines(summary: RunSummary): string[] {
  const skipped = summary.skipped.map((each) => `skipped: ${each.name}: ${each.reason}`);
  return [...skipped, `${summary.passed} passed, ${summary.failed} failed, ${summary.skipped.length} skipped`];
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

  constructor({ stillRunningAfter = 60_000 }: ClosingOptions = {}) {
    super();
    this.#stillRunningAfter = stillRunningAfter;
  }

  override onTestRunEnd(...run: Parameters<DefaultReporter['onTestRunEnd']>): void {
    for (const path of this.#waits.keys()) this.#stopWaiting(path);
    super.onTestRunEnd(...run);
    const summary = summarise(run[0], run[1].length);
    const refused = summary.skipped.length > 0 && process.env['CI'] === 'true';
    if (refused) process.exitCode = 1;
    this.log([...(refused ? ['CI=true: a skipped test is a failure.'] : []), ...closingLines(summary)].join('\n'));
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
