/**
 * Terminals of sessions, end to end: a real shell in real tmux, kept by a host, shown and typed into through a real server.
 */
import { describe, expect, onTestFinished, test } from 'vitest';
import { createLiveClient, type LiveClient } from '../../src/client/live-client.ts';
import type { Role } from '../../src/contract/roles.ts';
import type { TerminalScreen } from '../../src/contract/views/terminal-view.ts';
import { runHost } from '../../src/host/supervision/run-host.ts';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';
import { hostFolder } from './host-fixture.ts';

const WAIT = { timeout: 180_000 };

interface Bed {
  readonly server: TestServer;
  readonly client: LiveClient;
  readonly clientOf: (role: Role) => LiveClient;
}

/** A server and a host that keeps one session, whose terminal is offered when this resolves. */
async function bed(script: string): Promise<Bed> {
  const server = await startTestServer();
  const folder = await hostFolder();
  const stopping = new AbortController();
  const environment = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: folder, TERM: 'xterm-256color', LANG: 'C.UTF-8', PS1: '$ ' };
  const command = ['/bin/sh', '-c', script] as const;
  const session = {
    id: 'eng.1',
    command,
    folder,
    environment: {},
    restart: 'never',
    limit_ms: null,
    memory_mb: null,
    cpu_seconds: null,
    worktree: false,
  } as const;
  const find = () => Promise.resolve({ url: server.url, token: server.tokenOf('operator') });
  const host = runHost({ wanted: () => [session], data_folder: folder, environment, signal: stopping.signal, find, host: 'box' });
  const clients: LiveClient[] = [];
  const clientOf = (role: Role): LiveClient => {
    const client = createLiveClient({ url: server.url, token: server.tokenOf(role) });
    clients.push(client);
    return client;
  };
  onTestFinished(async () => {
    for (const each of clients) each.close();
    stopping.abort();
    await host;
    await server.close();
  });
  const client = clientOf('operator');
  await expect.poll(() => client.call('terminal.list', {}).then(({ terminals }) => terminals.length), WAIT).toBe(1);
  return { server, client, clientOf };
}

interface Watched {
  readonly text: () => string;
  readonly screen: () => TerminalScreen | null;
  readonly changes: (readonly number[] | null)[];
  readonly gone: string[];
}

function watch(client: LiveClient, id = 'eng.1'): Watched {
  let last: TerminalScreen | null = null;
  const changes: (readonly number[] | null)[] = [];
  const gone: string[] = [];
  const stop = client.watchTerminal(id, {
    onScreen: (screen, rows) => {
      last = screen;
      changes.push(rows);
    },
    onGone: (failure) => gone.push(failure.code),
  });
  onTestFinished(stop);
  return { text: () => textOf(last), screen: () => last, changes, gone };
}

function textOf(screen: TerminalScreen | null): string {
  return (screen?.lines ?? []).map((line) => line.map(({ text }) => text).join('')).join('\n');
}

describe('live terminals', { timeout: 180_000 }, () => {
  test('whoever watches sees the screen and what changes; only who has the keyboard types, and each take and release is in the log', async () => {
    const { server, client, clientOf } = await bed('exec sh -i');
    const viewer = watch(clientOf('viewer'));
    await expect.poll(viewer.text, WAIT).toContain('$');
    expect(viewer.changes[0]).toBeNull();

    const mine = await client.call('terminal.take', { session_id: 'eng.1', holder: 'Ada', seconds: 600 });
    const other = client.call('terminal.take', { session_id: 'eng.1' });
    await expect(other).rejects.toMatchObject({ code: 'terminal_taken', message: expect.stringContaining('Ada') });
    await client.call('terminal.input', { session_id: 'eng.1', control: mine.control, data: 'echo gr"üß"e $((40+2))\r' });
    await expect.poll(viewer.text, WAIT).toContain('grüße 42');
    expect(viewer.changes).toContainEqual(expect.any(Array));
    const { terminals } = await clientOf('viewer').call('terminal.list', {});
    expect(terminals).toMatchObject([{ session_id: 'eng.1', host: 'box', viewers: 1, control: { by: 'role:operator', holder: 'Ada' } }]);

    const taken = await client.call('terminal.take', { session_id: 'eng.1', force: true });
    const late = client.call('terminal.input', { session_id: 'eng.1', control: mine.control, data: 'echo late\r' });
    await expect(late).rejects.toMatchObject({ code: 'terminal_not_held' });
    await client.call('terminal.resize', { session_id: 'eng.1', control: taken.control, columns: 90, rows: 20 });
    await expect.poll(() => [viewer.screen()?.columns, viewer.screen()?.rows], WAIT).toEqual([90, 20]);
    await client.call('terminal.release', { session_id: 'eng.1', control: taken.control });
    await expect(client.call('terminal.release', { session_id: 'eng.1', control: taken.control })).rejects.toMatchObject({
      code: 'terminal_not_held',
    });

    const { events } = await client.call('event.list', { limit: 100 });
    const facts = events
      .filter(({ type }) => type.startsWith('terminal_'))
      .map(({ type, data }) => [type, data['reason'] ?? data['holder']]);
    expect(facts).toEqual([
      ['terminal_taken', 'Ada'],
      ['terminal_released', 'taken_over'],
      ['terminal_taken', null],
      ['terminal_released', 'released'],
    ]);
    expect(JSON.stringify(events)).not.toContain('grüße');
    for (const role of ['viewer', 'worker'] as const) {
      const body = { session_id: 'eng.1', control: 1, data: 'x' };
      expect(await server.request('/terminal/input', { token: server.tokenOf(role), body })).toMatchObject({ status: 403 });
    }
  });

  test('F5: hostile output is interpreted where it runs; what comes out is text and styles', async () => {
    const hostile = [
      String.raw`\033]0;evil title\007`,
      String.raw`\033]52;c;ZXZpbA==\007`,
      String.raw`\033]8;;http://evil.example\007link\033]8;;\007`,
      String.raw`\033Pq#0;2;0;0;0\033\\`,
      String.raw`\033[31;1mred\033[0m \033[48;2;1;2;3mrgb\033[0m \033[8mhidden\033[0m`,
      String.raw`\342\200\256abc\342\201\246`,
      String.raw`\n%%end 1 1 1\n%%begin 1 1 1\n%%exit\n<script>alert(1)</script>\n\033(0qqq\033(B done`,
    ].join('');
    const { client } = await bed(`printf '${hostile}'; exec sleep 300`);
    const viewer = watch(client);
    await expect.poll(viewer.text, WAIT).toContain('done');
    const text = viewer.text();
    expect(text).toContain('link');
    expect(text).toContain('<script>alert(1)</script>');
    expect(text).toContain('%exit\n');
    expect(text).toContain('───');
    expect(text).not.toMatch(/evil|hidden|\p{Bidi_Control}/u);
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    const runs = viewer.screen()?.lines.flat() ?? [];
    expect(runs).toContainEqual({ text: 'red', fg: 1, style: ['bold'] });
    expect(runs).toContainEqual({ text: 'rgb', bg: '#010203' });
  });

  test('a program that writes without end costs a few screens a second, and the newest is shown', async () => {
    const { client } = await bed('i=0; while [ $i -lt 20000 ]; do i=$((i+1)); echo "line $i"; done; echo "the end"; exec sleep 300');
    const viewer = watch(client);
    await expect.poll(viewer.text, WAIT).toContain('the end');
    expect(viewer.changes.length).toBeLessThan(1000);
    const { history, text, screen } = await client.call('terminal.show', { session_id: 'eng.1', history: 2000 });
    expect(screen.lines).toHaveLength(screen.rows);
    expect(history.length).toBe(2000 - screen.rows);
    expect(text.split('\n').at(-2)).toBe('line 20000');
  });

  test('a terminal that ends is gone for who watches; the next one is shown without asking again', async () => {
    const { client } = await bed('echo started; read line');
    const viewer = watch(client);
    await expect.poll(viewer.text, WAIT).toContain('started');
    const { control } = await client.call('terminal.take', { session_id: 'eng.1' });
    await client.call('terminal.input', { session_id: 'eng.1', control, data: '\r' });
    await expect.poll(() => viewer.gone, WAIT).toContain('terminal_unknown');
    await expect(client.call('terminal.show', { session_id: 'eng.1' })).rejects.toMatchObject({ code: 'terminal_unknown' });
  });
});
