/**
 * `npm run fuzz -- --requests N [--seed S]`: random, changed and hostile requests through every door of a real server.
 * Exits with 1 when a request had no answer or one that nobody understands, a refused call changed something, the log does
 * not verify, or an invariant of its state is broken; what is broken is named.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServerProcess } from '../../bench/engine/server-process.ts';
import { readFlags, wholeNumber } from '../support/read-flags.ts';
import { readLog } from '../support/read-log.ts';
import { fuzz, logFaults } from './fuzz-run.ts';

const values = readFlags('npm run fuzz -- --requests N [--seed S]', {
  requests: { type: 'string', default: '10000' },
  seed: { type: 'string', default: '1' },
});
const requests = wholeNumber('requests', values.requests);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const folder = mkdtempSync(join(tmpdir(), 'tutti-fuzz-'));
mkdirSync(join(folder, '.tutti'));
const server = await startServerProcess(folder);
const started = performance.now();
const seconds = (): number => Math.round((performance.now() - started) / 1000);
try {
  const { url, token } = server;
  const report = await fuzz({
    url,
    token,
    seed: values.seed,
    requests,
    tell: (sent) => say(`${String(seconds()).padStart(5)} s  ${sent} of ${requests} requests`),
  });
  const found = [...report.violations];
  const ready = await fetch(`${url}/readyz`)
    .then(({ ok }) => ok)
    .catch(() => false);
  if (!ready) found.push('the server is not ready any more');
  await server.stop();
  const { events, damage } = await readLog(join(folder, '.tutti'));
  if (damage !== null) found.push(`the log is damaged: ${damage}`);
  found.push(...logFaults(events, report));
  for (const [answer, count] of [...report.answers].toSorted(([, a], [, b]) => b - a)) say(`  ${String(count).padStart(8)}  ${answer}`);
  for (const line of found.slice(0, 20)) say(`BROKEN ${line}`);
  say(
    `${report.sent} requests, ${found.length} violations (seed ${values.seed}, ${seconds()} s; ${report.refused.size} refused commands, ${events.length} events)`,
  );
  if (found.length > 0) process.exitCode = 1;
} finally {
  await server.kill().catch(() => undefined);
  rmSync(folder, { recursive: true, force: true, maxRetries: 20 });
}
