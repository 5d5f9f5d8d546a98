/**
 * A task of the demo, for a reviewer: runs a generator again in a worktree of its own and compares the bytes with what
 * was merged. Identical bytes are no change; other bytes fail the review. Arguments: the file and the generator.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { tellProgress } from './worktree-files.ts';

const [file = '', generator = ''] = process.argv.slice(2);
const merged = readFileSync(file);
tellProgress(0.2, 'running the generator again');
const run = spawnSync(process.execPath, [generator], { stdio: ['ignore', 'inherit', 'inherit'] });
const again = readFileSync(file);
const hash = createHash('sha256').update(again).digest('hex').slice(0, 12);
if (run.status !== 0) {
  process.stdout.write(`The generator ended with exit code ${run.status}.\n`);
  process.exitCode = 1;
} else if (merged.equals(again)) {
  process.stdout.write(`${file}: ${again.length.toLocaleString('en-US')} identical bytes, sha256 ${hash}; no change.\n`);
} else {
  process.stdout.write(`${file} differs from what was merged.\n`);
  process.exitCode = 1;
}
