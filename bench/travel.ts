/**
 * How fast the past is: `npm run bench:travel [-- --json] [--folder DIR] [--events N] [--live N] [--many N]`.
 * Recovery, the state at any moment, from a crash to serving again, what a checkpoint costs the loop (there, and with `--many`
 * tasks that wait), and the archive; ratios hold on a busy machine too. It takes about five minutes on a quiet machine.
 * `--json` prints the result as JSON; bench/results/travel.json is such a run.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { machine, round, syncRate } from './engine/statistics.ts';
import { measureArchive } from './travel/archive.ts';
import { measureCrash } from './travel/crash.ts';
import { type LoopDelays, measureLoop } from './travel/loop.ts';
import { measureMoments } from './travel/moments.ts';
import { measureRecovery } from './travel/recovery.ts';
import { writeLog } from './travel/sample-log.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    folder: { type: 'string', default: '.' },
    events: { type: 'string', default: '1000000' },
    live: { type: 'string', default: '40000' },
    many: { type: 'string', default: '1000000' },
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
  const wide = await measureWide();
  const checkpoints = readdirSync(join(folder, 'checkpoints')).map((name) => statSync(join(folder, 'checkpoints', name)).size);
  say('the archive');
  const size = {
    log_mb: round(statSync(join(folder, 'journal.db')).size / 1e6, 1),
    checkpoints_mb: checkpoints.map((each) => round(each / 1e6, 1)),
  };
  const archive = await measureArchive(folder);
  const ratios = {
    checkpoint_to_whole_log: round(recovery.from_checkpoint_s / recovery.whole_log_s, 3),
    moment_to_whole_log: round(moments.median_s / recovery.whole_log_s, 3),
    loop_with_to_without: round(loop.with.worst_ms / loop.without.worst_ms, 2),
    archive_to_log: round(archive.archive_mb / size.log_mb, 3),
    journal_after_to_before: round(archive.journal_mb / size.log_mb, 3),
    archived_moment_to_moment: round(archive.moment_median_s / moments.median_s, 2),
  };
  const result = {
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    disk,
    log,
    size,
    recovery,
    moments,
    crash,
    loop,
    loop_with_many_tasks: wide,
    archive,
    ratios,
  };
  console.log(values.json === true ? JSON.stringify(result, null, 2) : result);
} finally {
  clearInterval(alive);
  rmSync(parent, { recursive: true, force: true });
}

/** The loop again, beside a state that is mostly waiting tasks. */
async function measureWide(): Promise<LoopDelays> {
  say(`the loop while checkpoints are made of ${values.many} waiting tasks`);
  const folder = join(parent, 'many');
  mkdirSync(folder, { mode: 0o700 });
  try {
    await writeLog(folder, { events: 0, waiting: Number(values.many) });
    return await measureLoop(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
