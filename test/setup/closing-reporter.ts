/**
 * The default reporter, closed by what was skipped and why, and by `N passed, N failed, N skipped` alone on a line.
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

/** The reporter of `npm test`; vitest takes it by the path of this file. */
class ClosingReporter extends DefaultReporter {
  override onTestRunEnd(...run: Parameters<DefaultReporter['onTestRunEnd']>): void {
    super.onTestRunEnd(...run);
    const summary = summarise(run[0], run[1].length);
    const refused = summary.skipped.length > 0 && process.env['CI'] === 'true';
    if (refused) process.exitCode = 1;
    this.log([...(refused ? ['CI=true: a skipped test is a failure.'] : []), ...closingLines(summary)].join('\n'));
  }
}

export default ClosingReporter;
