/**
 * Row B6: hooks run beside each other, and the last event of an agent is what the team knows, whichever is told first.
 */
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TuttiClient } from '../../src/client/client.ts';
import { createHttpClient } from '../../src/client/http-client.ts';
import type { HookContext } from '../../src/hooks/hook-context.ts';
import { runHook } from '../../src/hooks/run-hook.ts';
import { temporaryFolder } from '../host/host-fixture.ts';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';

let server: TestServer;
let folder: string;

beforeEach(async () => {
  server = await startTestServer();
  folder = join(await temporaryFolder(), 'agents');
});

afterEach(() => server.close());

/** Runs the hook of an event that began then; it speaks with the server once `ready` has resolved. */
function hook(event: string, began: number, ready: Promise<void> = Promise.resolve()): Promise<unknown> {
  const connect = async (credential: string | null): Promise<TuttiClient> => {
    await ready;
    return createHttpClient({ url: server.url, token: server.tokenOf('worker'), credential: () => credential });
  };
  const context: HookContext = {
    agent: 'claude',
    given: null,
    name: 'lead',
    folder,
    keys: ['pid-1-1'],
    host: 'box',
    configuration: () => Promise.resolve({ capabilities: [], prices: {} }),
    connect,
    connectLive: () => Promise.reject(new TypeError('no hook of this test waits')),
    env_file: null,
    now: Date.now,
    began,
  };
  return runHook(context, JSON.stringify({ hook_event_name: event, session_id: 'c1', cwd: folder }));
}

async function status(): Promise<string> {
  const client = createHttpClient({ url: server.url, token: server.tokenOf('viewer') });
  return (await client.call('session.show', { session_id: 'lead' })).session.status;
}

test('B6: an event that is told late does not undo a later one', async () => {
  await hook('SessionStart', 1);
  const late = Promise.withResolvers<void>();
  const used = hook('PostToolUse', 2, late.promise);
  await hook('Stop', 3);
  late.resolve();
  await used;
  expect(await status()).toBe('idle');
  await hook('PostToolUse', 2);
  expect(await status()).toBe('idle');
  await hook('UserPromptSubmit', 4);
  expect(await status()).toBe('busy');
});
