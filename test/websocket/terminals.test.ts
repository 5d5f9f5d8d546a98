/**
 * The relay of terminals between a host and those who watch, over real sockets; the host is played by the test.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';
import { closeSockets, type Frame, TestSocket } from './test-socket.ts';

const QUIET = '/swarm/realtime?topics=';
const TERMINAL = { session_id: 'w1', pid: 7, started_at: '2026-01-01T00:00:00.000Z' };
const CURSOR = { column: 0, row: 0, visible: true };

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(async () => {
  await closeSockets();
  await server.close();
});

async function hostOf(token = server.tokenOf('operator')): Promise<TestSocket> {
  const host = await TestSocket.open(server, { path: QUIET, token });
  host.send({ type: 'offer', host: 'box', terminals: [TERMINAL] });
  return host;
}

async function watching(): Promise<{ host: TestSocket; viewer: TestSocket }> {
  const host = await hostOf();
  await host.next('offered');
  const viewer = await TestSocket.open(server, { path: QUIET, token: server.tokenOf('viewer') });
  viewer.send({ type: 'watch', session_id: 'w1' });
  await host.next('order', (frame) => isTo(frame, 'watch'));
  return { host, viewer };
}

function isTo(frame: Frame, what: string): boolean {
  return (frame['do'] as { readonly what: string }).what === what;
}

function screen(lines: readonly string[], more: object = {}): object {
  const shown = lines.map((text, row) => ({ row, line: text === '' ? [] : [{ text }] }));
  return { type: 'screen', session_id: 'w1', full: true, columns: 80, rows: lines.length, cursor: CURSOR, lines: shown, ...more };
}

function textsOf(frame: Frame): string[] {
  return (frame['lines'] as { row: number; line: { text: string }[] }[]).map(({ row, line }) => `${row}:${line[0]?.text ?? ''}`);
}

describe('terminals', () => {
  test('a host works only while somebody watches; a second viewer gets the whole screen from the server', async () => {
    const { host, viewer } = await watching();
    host.send(screen(['one', 'two']));
    expect(textsOf(await viewer.next('screen'))).toEqual(['0:one', '1:two']);
    host.send(screen([], { full: false, rows: 2, lines: [{ row: 1, line: [{ text: 'TWO' }] }] }));
    expect(await viewer.next('screen')).toMatchObject({ full: false, lines: [{ row: 1, line: [{ text: 'TWO' }] }] });
    const second = await TestSocket.open(server, { path: QUIET, token: server.tokenOf('viewer') });
    second.send({ type: 'watch', session_id: 'w1' });
    expect(textsOf(await second.next('screen'))).toEqual(['0:one', '1:TWO']);
    viewer.send({ type: 'unwatch', session_id: 'w1' });
    await viewer.next('unwatched');
    await second.close();
    await host.next('order', (frame) => isTo(frame, 'unwatch'));
  });

  test('a change of a screen that never came is no screen: the host is asked for the whole one', async () => {
    const { host, viewer } = await watching();
    host.send(screen([], { full: false, rows: 2, lines: [{ row: 1, line: [{ text: 'below' }] }] }));
    await host.next('order', (frame) => isTo(frame, 'watch'));
    host.send(screen(['above', 'below']));
    expect(textsOf(await viewer.next('screen'))).toEqual(['0:above', '1:below']);
  });

  test('who does not read is sent the newest lines once, in one frame', async () => {
    const { host, viewer } = await watching();
    host.send(screen(['start', '', '']));
    await viewer.next('screen');
    viewer.ws.pause();
    const filler = 'x'.repeat(4000);
    const change = (row: number, text: string): void =>
      host.send(screen([], { full: false, rows: 3, lines: [{ row, line: [{ text: filler }, { text, fg: 1 }] }] }));
    for (let round = 0; round < 4000; round += 1) change(1, `round ${round}`);
    change(2, 'the end');
    // The host's own connection is not held up by a viewer who does not read.
    host.send({ type: 'ping', id: 1 });
    await host.next('pong');
    viewer.ws.resume();
    const last = await viewer.next('screen', (frame) => JSON.stringify(frame).includes('the end'));
    expect(viewer.frames.filter(({ type }) => type === 'screen').length).toBeLessThan(4000);
    expect(JSON.stringify(viewer.frames)).toContain('round 3999');
    expect(JSON.stringify(last)).not.toContain('round 0"');
  });

  test('text that a terminal would obey is refused at the door', async () => {
    const { host, viewer } = await watching();
    for (const text of ['\u001b[2J', 'a\nb', '\u202eabc', '\u009b1m']) {
      host.send(screen([text]));
      expect(await host.next('error')).toMatchObject({ error: { code: 'invalid_input' } });
    }
    host.send(screen(['good']));
    expect(textsOf(await viewer.next('screen'))).toEqual(['0:good']);
  });

  test('only operators offer terminals; screens of others are left out', async () => {
    const { host, viewer } = await watching();
    const liar = await hostOf(server.tokenOf('worker'));
    expect(await liar.next('error')).toMatchObject({ id: 'offer', error: { code: 'forbidden' } });
    liar.send(screen(['lie']));
    const other = await TestSocket.open(server, { path: QUIET });
    other.send({ type: 'offer', host: 'other', terminals: [] });
    await other.next('offered');
    other.send(screen(['lie']));
    other.send({ type: 'ping', id: 1 });
    await other.next('pong');
    host.send(screen(['truth']));
    expect(textsOf(await viewer.next('screen'))).toEqual(['0:truth']);
  });

  test('a host that goes takes its terminals along, and an order that it does not serve fails', async () => {
    const { host, viewer } = await watching();
    const shown = server.request('/terminal/w1');
    await host.next('order', (frame) => isTo(frame, 'show'));
    await host.close();
    expect(await shown).toMatchObject({ status: 503, body: { code: 'terminal_away' } });
    expect(await viewer.next('unwatched')).toMatchObject({ error: { code: 'terminal_unknown' } });
    expect(await server.request('/terminal/w1')).toMatchObject({ status: 404, body: { code: 'terminal_unknown' } });
    viewer.send({ type: 'watch', session_id: 'w1' });
    expect(await viewer.next('unwatched')).toMatchObject({ error: { code: 'terminal_unknown' } });
  });

  test('whoever watches goes on with the host that offers the terminal later', async () => {
    const { host, viewer } = await watching();
    host.send(screen(['old']));
    await viewer.next('screen');
    const later = await hostOf();
    await later.next('order', (frame) => isTo(frame, 'watch'));
    later.send(screen(['new']));
    expect(await viewer.next('screen')).toMatchObject({ full: true, lines: [{ line: [{ text: 'new' }] }] });
    await host.close();
    later.send(screen(['newer']));
    expect(textsOf(await viewer.next('screen'))).toEqual(['0:newer']);
  });
});
