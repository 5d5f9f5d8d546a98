/**
 * Measures the dashboard in a real browser against a real server: a board of 10,000 tasks, scrolling it, the way of an event
 * to the screen, and 500 events a second. Beside every wall-clock figure stands the CPU time of the page's main thread, which a
 * busy machine does not change. `npm run bench:web` prints the figures and keeps them in bench/results/web.json; names
 * (`-- flood`) measure only those and keep nothing.
 */
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { framesDuring, quantile } from '../test/web/frame-times.ts';
import { startWebBed } from '../test/web/web-bed.ts';

const TASKS = 10_000;
const ROUNDS = 5;
const SAMPLES = 100;
const FLOOD_SECONDS = 10;
const FLOOD_PER_SECOND = 500;
const FILE = join(import.meta.dirname, 'results/web.json');

const bed = await startWebBed();
const { server } = bed;

async function add(tasks: readonly object[]): Promise<void> {
  const { status, body } = await server.request('/work/add', { body: { tasks } });
  if (status !== 200) throw new Error(JSON.stringify(body));
}

const spread = (values: readonly number[]) => ({ p50: quantile(values, 0.5), p95: quantile(values, 0.95), max: quantile(values, 1) });

/** CPU time of the page's main thread so far, in ms. */
async function cpuOf(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000;
  };
}

/** Frame times in ms and CPU ms of the main thread while something happens. */
async function during(
  page: Page,
  run: () => Promise<void>,
): Promise<{ readonly frames: number[]; readonly cpu: number; readonly wall: number }> {
  const cpu = await cpuOf(page);
  let [spent, wall] = [0, 0];
  const frames = await framesDuring(page, async () => {
    const [before, started] = [await cpu(), performance.now()];
    await run();
    [spent, wall] = [(await cpu()) - before, performance.now() - started];
  });
  return { frames, cpu: spent, wall };
}

/** From the wish to see the board until its first cards are drawn and all are counted. */
async function boardShown(): Promise<object> {
  const [shown, cpus_ms]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    const page = await bed.open('/');
    await page.getByText('Last hour').waitFor();
    const result = await during(page, async () => {
      const started = performance.now();
      await page.keyboard.press('g');
      await page.keyboard.press('b');
      await page.locator('[data-task]').first().waitFor();
      await page.getByText(`${TASKS} tasks`).first().waitFor();
      shown.push(performance.now() - started);
    });
    cpus_ms.push(result.cpu);
    await page.context().close();
  }
  return { interactive_ms: spread(shown), cpu_ms: spread(cpus_ms) };
}

async function scrolled(view: 'table' | 'columns'): Promise<object> {
  const page = await bed.open(`/board?view=${view}`);
  await page.locator('[data-task]').first().waitFor();
  await page.getByText(`${TASKS} tasks`).first().waitFor();
  const place =
    view === 'table' ? page.locator('[data-testid="board-table"]') : page.locator('[data-column="ready"] [role="presentation"]');
  await place.hover();
  let rows = 0;
  const { frames, cpu } = await during(page, async () => {
    for (let step = 0; step < 200; step += 1) {
      await page.mouse.wheel(0, 300);
      if (step % 20 === 0) rows = Math.max(rows, await page.locator('[data-task]').count());
    }
  });
  await page.context().close();
  return { frame_ms: spread(frames), cpu_ms_per_frame: Number((cpu / frames.length).toFixed(2)), frames: frames.length, rows_drawn: rows };
}

/** From before the command is sent until the card is in the page: an upper bound on event to pixel. */
async function eventToPixel(): Promise<object> {
  const page = await bed.open('/board?type=seen');
  await page.getByText(`0 of ${TASKS} tasks`).waitFor();
  await page.evaluate(`
    window.seenAt = {};
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) for (const node of addedNodes) {
        if (!(node instanceof Element)) continue;
        for (const { dataset } of [node, ...node.querySelectorAll('[data-task]')])
          if (dataset?.task?.startsWith('seen-')) requestAnimationFrame(() => { window.seenAt[dataset.task] ??= performance.timeOrigin + performance.now(); });
      }
    }).observe(document.body, { childList: true, subtree: true });
  `);
  const delays: number[] = [];
  for (let index = 0; index < SAMPLES; index += 1) {
    const id = `seen-${index}`;
    const sent = performance.timeOrigin + performance.now();
    await add([{ id, type: 'seen', title: 'Seen at once', priority: 10 }]);
    await page.locator(`[data-task="${id}"]`).waitFor();
    // The observer asks for one frame more: that is when the card is painted.
    const seen = await page.evaluate<number>(`new Promise((done) => {
      const look = () => (window.seenAt['${id}'] === undefined ? requestAnimationFrame(look) : done(window.seenAt['${id}']));
      look();
    })`);
    delays.push(seen - sent);
    await server.request(`/task/${id}/cancel`, { body: {} });
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  await page.context().close();
  return { ms: spread(delays) };
}

async function flood(): Promise<object> {
  const page = await bed.open('/board');
  await page.locator('[data-task]').first().waitFor();
  const before = Number((await server.request('/swarm/status')).body['seq']);
  const ticks = FLOOD_SECONDS * 10;
  const { frames, cpu, wall } = await during(page, async () => {
    const started = performance.now();
    for (let tick = 0; tick < ticks; tick += 1) {
      const tasks = Array.from({ length: FLOOD_PER_SECOND / 10 }, (_, index) => ({
        id: `flood-${tick}-${index}`,
        type: 'flood',
        title: 'One of a flood',
      }));
      await add(tasks);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, started + (tick + 1) * 100 - performance.now())));
    }
  });
  await page.locator('[data-task]').first().waitFor();
  const events = Number((await server.request('/swarm/status')).body['seq']) - before;
  await page.context().close();
  return {
    events_per_second: Math.round((events / wall) * 1000),
    frame_ms: spread(frames),
    main_thread: `${Math.round((cpu / wall) * 100)} % of a core`,
  };
}

await add(
  Array.from({ length: TASKS }, (_, index) => ({
    id: `many-${index}`,
    type: 'many',
    title: `Task ${index} of many`,
    priority: 1 + (index % 10),
  })),
);
const figures: Record<string, unknown> = {
  machine: { cpus: cpus().length, model: cpus()[0]?.model ?? '', load: loadavg().map((each) => Number(each.toFixed(2))) },
  tasks: TASKS,
};
const wanted = process.argv.slice(2);
const measurements = {
  board: boardShown,
  scroll_table: () => scrolled('table'),
  scroll_columns: () => scrolled('columns'),
  event_to_pixel: eventToPixel,
  flood,
};
try {
  const unknown = wanted.filter((name) => !Object.hasOwn(measurements, name));
  if (unknown.length > 0)
    throw new Error(`${unknown.join(', ')}: nothing is measured by this name, but ${Object.keys(measurements).join(', ')}`);
  for (const [name, measure] of Object.entries(measurements)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    figures[name] = await measure();
    console.log(`${name}: ${JSON.stringify(figures[name])}`);
  }
} finally {
  await bed.close();
}
for (const complaint of bed.complaints) console.error(complaint);
if (wanted.length === 0) writeFileSync(FILE, `${JSON.stringify(figures, null, 2)}\n`);
