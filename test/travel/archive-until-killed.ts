/**
 * A process that moves events into the archive, or back, and kills itself before the n-th step.
 * Usage: node archive-until-killed.ts FOLDER archive|unarchive STEP
 */
import { writeSync } from 'node:fs';
import { archiveEvents, unarchiveEvents } from '../../src/travel/archive-log.ts';

const [folder = '', way = 'archive', count = '1'] = process.argv.slice(2);
let left = Number(count);
const step = (name: string): void => {
  left -= 1;
  if (left > 0) return;
  writeSync(1, `${name}\n`);
  process.kill(process.pid, 'SIGKILL');
};
const place = { folder, swarm: 'test', now: 2_000_000_000_000, step };
await (way === 'archive' ? archiveEvents(place, 200) : unarchiveEvents(place));
