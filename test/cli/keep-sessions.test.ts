import { expect, onTestFinished, test, vi } from 'vitest';
import type { CliContext } from '../../src/cli/cli-context.ts';
import type { HostLaunch, WorkerNews } from '../../src/cli/launch.ts';
import { keepSessions } from '../../src/cli/serve/keep-sessions.ts';
import { configurationSchema } from '../../src/config/configuration-schema.ts';
import { Failure } from '../../src/contract/failure.ts';

test('D8: a configuration that is caught while it is written stops no session; what is not readable is told once', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const both = configurationSchema.parse({ sessions: { a: { command: 'x' }, b: { command: 'y' } } });
  const empty = configurationSchema.parse({});
  const broken = new Failure('config_invalid', { place: 'config.yaml', issues: 'no' });
  const reads = [both, empty, both, broken, broken, empty, empty];
  let host: HostLaunch | null = null;
  const interruption = new AbortController();
  const context = {
    from: '/',
    env: {},
    interruption: { signal: interruption.signal },
    launch: {
      host: (options: HostLaunch) => {
        host = options;
        return new Promise<void>((resolve) => options.signal.addEventListener('abort', () => resolve()));
      },
    },
    configure: () => {
      const [next] = reads.splice(0, 1);
      return next instanceof Failure ? Promise.reject(next) : Promise.resolve({ configuration: next, values: [] });
    },
  } as unknown as CliContext;
  const told: WorkerNews[] = [];
  const kept = keepSessions(context, { folder: '/', configuration: both, lift: [], onEvent: (news) => void told.push(news) });
  const wanted = (): string[] => (host?.wanted() ?? []).map(({ id }) => id);
  const seen: string[] = [];
  while (reads.length > 0) {
    await vi.advanceTimersByTimeAsync(1_000);
    seen.push(wanted().join());
  }
  expect(seen).toEqual(['a,b', 'a,b', 'a,b', 'a,b', 'a,b', 'a,b', '']);
  expect(told.map(({ kind }) => kind)).toEqual(['warning']);
  interruption.abort();
  await kept;
});
