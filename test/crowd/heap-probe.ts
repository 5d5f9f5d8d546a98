/**
 * Preloaded into a server, for tests only: after SIGUSR2 it collects garbage and says what is left, in the file that
 * HEAP_PROBE names. What the system counts says little: V8 keeps what it once had for as long as nobody else wants it.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

const file = process.env['HEAP_PROBE'];

if (isMainThread && file !== undefined) {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  process.on('SIGUSR2', () => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    writeFileSync(`${file}.next`, String(heapUsed + external));
    renameSync(`${file}.next`, file);
  });
}
