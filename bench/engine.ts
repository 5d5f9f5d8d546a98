/**
 * How fast the engine is: `npm run bench:engine [-- --json] [--seconds N] [--folder DIR]`.
 * `--json` prints the result as JSON; bench/results/engine.json is such a run.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measureBroadcast } from './engine/broadcast.ts';
import { measureDoors } from './engine/doors.ts';
import { measureInProcess } from './engine/in-process.ts';
import { measureRecovery } from './engine/recovery.ts';
import { machine, syncRate } from './engine/statistics.ts';

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, seconds: { type: 'string', default: '4' }, folder: { type: 'string', default: '.' } },
});
const seconds = Number(values.seconds);
const folder = mkdtempSync(join(values.folder, '.bench-'));
const say = (text: string): void => console.error(text);
try {
  say('the disk');
  const syncsBefore = syncRate(folder);
  say('lives in one process');
  const in_process = await measureInProcess(folder, seconds);
  say('lives through the doors of a server');
  const doors = await measureDoors(folder, seconds);
  say('ten thousand WebSocket clients');
  const broadcast = await measureBroadcast(folder, seconds);
  say('a backlog of a million tasks');
  const script = fileURLToPath(new URL('engine/backlog.ts', import.meta.url));
  const backlog: unknown = JSON.parse(
    execFileSync(process.execPath, ['--expose-gc', script, join(folder, 'backlog'), '1000000'], { encoding: 'utf8' }),
  );
  say('recovery of a million events');
  const recovery = await measureRecovery(folder);
  const disk = { syncs_per_second_before: syncsBefore, syncs_per_second_after: syncRate(folder) };
  const result = { date: new Date().toISOString().slice(0, 10), machine: machine(), disk, in_process, doors, broadcast, backlog, recovery };
  console.log(values.json === true ? JSON.stringify(result, null, 2) : result);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
