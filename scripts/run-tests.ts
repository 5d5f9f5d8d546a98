/**
 * `npm test`: runs the tests as `vitest run` does, then once more the files that failed, when they are few: in a process of
 * their own, after everything else. What passes only then is named, so that its cause is looked for (decision 0027).
 * Takes the arguments of `vitest run`.
 */
import { createCLI, createVitest, TestsNotFoundError, type Vitest } from 'vitest/node';
import { troubledFiles } from '../test/setup/troubled-files.ts';

/** More failed files than these are no accident. */
const FEW = 3;

/** Runs what `words` choose, as on the command line of vitest; sets the exit code of this process. */
export async function runTests(words: readonly string[]): Promise<void> {
  const line = createCLI();
  const { args, options } = line.parse(['node', 'vitest', 'run', ...words], { run: false });
  if (options['help'] === true || options['version'] === true) return;
  line.matchedCommand?.checkUnknownOptions();
  process.env['NODE_ENV'] ??= 'test';
  const vitest = await createVitest({ ...options, watch: false });
  try {
    await vitest.start([...args]);
    await tryAgain(vitest);
  } catch (error) {
    // That no file matches has been said, and is in the exit code.
    if (!(error instanceof TestsNotFoundError)) throw error;
  } finally {
    await vitest.close();
  }
}

async function tryAgain(vitest: Vitest): Promise<void> {
  const failed = troubledFiles(vitest.state.getTestModules(), vitest.state.getUnhandledErrors());
  if (failed === null || failed.length === 0 || failed.length > FEW) return;
  vitest.logger.log(`\nSecond try of what failed: ${failed.map((each) => each.relativeModuleId).join(', ')}`);
  process.exitCode = 0;
  await vitest.runTestSpecifications(failed.map((each) => each.toTestSpecification()));
}

if (import.meta.main) await runTests(process.argv.slice(2));
