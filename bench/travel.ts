/**
 * How fast the past is: `npm run bench:travel [-- --json] [--folder DIR] [--events N] [--live N]`.
 * Recovery, the state at any moment, from a crash to serving again, and what a checkpoint costs the loop.
 * `--json` prints the result as JSON; bench/results/travel.json is such a run.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { machine, round, syncRate } from './engine/statistics.ts';
import { measureCrash } from './travel/crash.ts';
import { measureLoop } from './travel/loop.ts';
import { measureMoments } from './travel/moments.ts';
import { measureRecovery } from './travel/recovery.ts';
import { writeLog } from './travel/sample-log.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    folder: { type: 'string', default: '.' },
    events: { type: 'string', default: '1000000' },
    live: { type: 'string', default: '40000' },
  },
});
const parent = mkdtempSync(join(values.folder, '.bench-'));
/** The threads that are measured keep no process alive. */
const alive = setInterval(() => undefined, 1000);
const say = (text: string): void => console.error(text);
try {
  const folder = join(parent, '.tutti');
  mkdirSync(folder, { mode: 0o700 });
  const disk = { syncs_per_second: syncRate(parent) };
  say(`a log of ${values.events} events with ${values.live} waiting tasks`);
  const log = await writeLog(folder, { events: Number(values.events), waiting: Number(values.live) });
  say('recovery');
  const recovery = await measureRecovery(folder);
  say('any moment');
  const moments = await measureMoments(folder);
  say('from a crash to serving');
  const crash = await measureCrash(parent);
  say('the loop while checkpoints are made');
  const loop = await measureLoop(folder);
  const checkpoints = readdirSync(join(folder, 'checkpoints')).map((name) => statSync(join(folder, 'checkpoints', name)).size);
  const size = {
    log_mb: round(statSync(join(folder, 'journal.db')).size / 1e6, 1),
    checkpoints_mb: checkpoints.map((each) => round(each / 1e6, 1)),
  };
  const result = { date: new Date().toISOString().slice(0, 10), machine: machine(), disk, log, size, recovery, moments, crash, loop };
  console.log(values.json === true ? JSON.stringify(result, null, 2) : result);
} finally {
  clearInterval(alive);
  rmSync(parent, { recursive: true, force: true });
}
