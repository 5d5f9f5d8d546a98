/**
 * A host with real tmux and real processes.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type HostedSession, type HostEvent, type HostOptions, runHost } from '../../src/host/supervision/run-host.ts';
import { isAlive } from '../runners/script-fixture.ts';
import { hostFolder } from './host-fixture.ts';
import { until } from './test-bed.ts';

interface TestHost {
  readonly events: readonly HostEvent[];
  readonly stop: () => Promise<void>;
}

const rules = { first_pause_ms: 50, longest_pause_ms: 200 };

function session(id: string, script: string, folder: string, more: Partial<HostedSession> = {}): HostedSession {
  const command = ['/bin/sh', '-c', script] as const;
  return { id, command, folder, environment: {}, restart: 'always', limit_ms: null, memory_mb: null, cpu_seconds: null, ...more };
}

function start(data_folder: string, wanted: () => readonly HostedSession[], more: Partial<HostOptions> = {}): TestHost {
  const events: HostEvent[] = [];
  const stopping = new AbortController();
  const environment = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: data_folder, TERM: 'xterm-256color', LANG: 'C.UTF-8' };
  const onEvent = (event: HostEvent): void => void events.push(event);
  const done = runHost({ wanted, data_folder, environment, rules, grace_ms: 300, signal: stopping.signal, onEvent, ...more });
  const stop = (): Promise<void> => {
    stopping.abort();
    return done;
  };
  onTestFinished(stop);
  return { events, stop };
}

function of<K extends HostEvent['kind']>(host: TestHost, kind: K): Extract<HostEvent, { kind: K }>[] {
  return host.events.filter((event): event is Extract<HostEvent, { kind: K }> => event.kind === kind);
}

describe('D8: a host', { timeout: 60_000 }, () => {
  test('starts what is wanted, nothing dies with it, the next one adopts it, and stops what is no longer wanted with its tree', async () => {
    const folder = await hostFolder();
    let wanted = [session('eng.1', 'sleep 300 & echo $! > child; echo hello; wait', folder)];
    const first = start(folder, () => wanted);
    await until(() => of(first, 'spawned').length > 0);
    await until(() => existsSync(join(folder, 'child')));
    const pid = of(first, 'spawned')[0]?.pid ?? 0;
    await first.stop();
    expect(await isAlive(pid)).toBe(true);
    const second = start(folder, () => wanted);
    await until(() => of(second, 'adopted').length > 0);
    expect(of(second, 'adopted')[0]).toMatchObject({ session_id: 'eng.1', pid });
    expect(of(second, 'spawned')).toEqual([]);
    const child = Number(readFileSync(join(folder, 'child'), 'utf8'));
    wanted = [];
    await until(() => of(second, 'stopped').length > 0);
    expect(of(second, 'stopped')[0]).toMatchObject({ session_id: 'eng.1', why: 'not_wanted', survivors: [] });
    expect([await isAlive(pid), await isAlive(child)]).toEqual([false, false]);
  });

  test('restarts what dies, gives it up after three times in a row with its last screen, also for the next host, until it is lifted', async () => {
    const folder = await hostFolder();
    const wanted = [session('crash', 'echo run >> runs; echo "it broke: disk"; exit 7', folder)];
    const host = start(folder, () => wanted);
    await until(() => of(host, 'quarantined').length > 0);
    expect(of(host, 'exited').map((event) => event.exit_code)).toEqual([7, 7, 7]);
    expect(of(host, 'restarting')).toHaveLength(2);
    expect(of(host, 'quarantined')[0]).toMatchObject({ failures: 3, screen: expect.stringContaining('it broke: disk') });
    await host.stop();
    const next = start(folder, () => wanted);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(of(next, 'spawning')).toEqual([]);
    await next.stop();
    const lifted = start(folder, () => wanted, { lift: ['crash'] });
    await until(() => of(lifted, 'spawned').length > 0);
    await lifted.stop();
  });

  test('a killed process is seen and started again; one that ends well is not, when it need not', async () => {
    const folder = await hostFolder();
    const host = start(folder, () => [
      session('worker', 'sleep 300', folder),
      session('once', 'exit 0', folder, { restart: 'on_failure' }),
    ]);
    await until(() => of(host, 'spawned').some((event) => event.session_id === 'worker'));
    process.kill(of(host, 'spawned').find((event) => event.session_id === 'worker')?.pid ?? 0, 'SIGKILL');
    await until(() => of(host, 'spawned').filter((event) => event.session_id === 'worker').length > 1);
    expect(of(host, 'exited').find((event) => event.session_id === 'worker')).toMatchObject({ exit_code: null, signal: 9 });
    await until(() => of(host, 'exited').some((event) => event.session_id === 'once'));
    expect(of(host, 'spawned').filter((event) => event.session_id === 'once')).toHaveLength(1);
  });

  test('its environment is what it is given, its limits hold', async () => {
    const folder = await hostFolder();
    const more = { memory_mb: 512, cpu_seconds: 60, environment: { ROLE: 'x y' } };
    start(folder, () => [session('limits', '(env; ulimit -v; ulimit -t) > seen; sleep 300', folder, more)]);
    await until(() => existsSync(join(folder, 'seen')) && readFileSync(join(folder, 'seen'), 'utf8').includes('\n60\n'));
    const seen = readFileSync(join(folder, 'seen'), 'utf8');
    expect(seen).toContain('ROLE=x y\n');
    expect(seen).toContain('TUTTI_HOSTED=limits\n');
    expect(seen).toContain('\n524288\n60\n');
    expect(seen).not.toContain('TUTTI_TEST_FILE');
  });

  test('a command that is not there is given up, not tried for ever', async () => {
    const folder = await hostFolder();
    const host = start(folder, () => [{ ...session('none', '', folder), command: ['/no/such/command'] }]);
    await until(() => of(host, 'quarantined').length > 0);
    expect(of(host, 'spawning')).toHaveLength(3);
  });

  test('without tmux nothing starts, and it says why, three times and no more', async () => {
    const folder = await hostFolder();
    const environment = { PATH: '/nowhere' };
    const host = start(folder, () => [session('a', 'sleep 300', folder)], { environment });
    await until(() => of(host, 'warning').length === 3);
    expect(of(host, 'warning')[0]).toMatchObject({ code: 'session_not_started', message: expect.stringContaining('tmux') });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(of(host, 'spawning')).toHaveLength(3);
  });
});
