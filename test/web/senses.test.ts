/** Every page for other eyes and ears: 4K, 200 % zoom, forced colours, reduced motion, a screen reader (C12, WCAG 2.2 AA). */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { fill } from './lively-swarm.ts';
import { PAGE_LIST } from './page-list.ts';
import { startWebBed, type WebBed } from './web-bed.ts';

let bed: WebBed;
let page: Page;
beforeAll(async () => {
  bed = await startWebBed();
  await fill(bed.server, bed.work);
  page = await bed.open('/', { width: 3840, height: 2160 });
}, 300_000);
afterAll(() => bed.close());

/** What is wider than its place: the page, or a control whose words do not fit. */
const CUT = `(() => {
  const wide = [document.documentElement, document.querySelector('main')].filter((each) => each.scrollWidth > each.clientWidth + 1);
  const cut = [...document.querySelectorAll('main button, main h1, main h2, nav a')].filter(
    (each) => each.offsetParent !== null && each.scrollWidth > each.clientWidth + 2 && getComputedStyle(each).textOverflow !== 'ellipsis',
  );
  return [...wide, ...cut].map((each) => each.tagName + ': ' + (each.textContent ?? '').slice(0, 60));
})()`;

/** What moves, or is about to. */
const MOVING = `document.getAnimations().length + [...document.querySelectorAll('*')].filter((each) => parseFloat(getComputedStyle(each).transitionDuration) > 0).length`;

/** Marks that forced colours would hide. */
const HIDDEN_MARKS = `[...document.querySelectorAll('.mark')].filter((each) => {
  const { color, forcedColorAdjust } = getComputedStyle(each);
  const probe = document.body.appendChild(document.createElement('span'));
  probe.style.color = 'CanvasText';
  const wanted = getComputedStyle(probe).color;
  probe.remove();
  return forcedColorAdjust !== 'none' || color !== wanted;
}).length`;

test.each(PAGE_LIST)(
  'C12 $name: nothing is cut at 4K and at 200 %, nothing moves, marks stay, and everything has a name',
  async ({ path, shows }) => {
    await page.setViewportSize({ width: 3840, height: 2160 });
    await page.goto(bed.server.url + path);
    await page.getByText(shows).first().waitFor();
    // What depends on the size of its place is drawn anew a moment after that has changed.
    await expect.poll(() => page.evaluate(CUT), { message: '4K' }).toEqual([]);
    expect(await page.evaluate(MOVING)).toBe(0);
    // 200 % of 1280 × 800.
    await page.setViewportSize({ width: 640, height: 400 });
    await expect.poll(() => page.evaluate(CUT), { message: '200 %' }).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.emulateMedia({ forcedColors: 'active' });
    await expect.poll(() => page.evaluate(HIDDEN_MARKS)).toBe(0);
    await page.emulateMedia({ forcedColors: 'none' });
    const heard = await page.locator('body').ariaSnapshot();
    expect(
      heard
        .split('\n')
        .filter((line) => /^\s*- (?:button|link|textbox|combobox|tab|heading|table|menuitem|searchbox|spinbutton)(?::|$| \[)/.test(line)),
    ).toEqual([]);
    expect(heard.match(/- heading "[^"]+" \[level=1\]/g)).toHaveLength(1);
    expect(heard).toMatch(/- main/);
  },
);

test('C12: what changes by itself is read out in two places only: the connection and the notices', async () => {
  await page.goto(`${bed.server.url}/`);
  await page.getByText('Last hour').waitFor();
  const regions = await page.evaluate(
    `[...document.querySelectorAll('[aria-live]')].map((each) => each.getAttribute('aria-label')).sort()`,
  );
  expect(regions).toEqual(['Connection', 'Notices']);
  await page.keyboard.press('Tab');
  await page.getByRole('link', { name: 'Skip to the page' }).press('Enter');
  await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('content');
  const outline = `(() => { const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement); return [outlineStyle, outlineWidth]; })()`;
  await page.keyboard.press('Tab');
  await expect.poll(() => page.evaluate(outline)).toEqual(['solid', '2px']);
});

test('nothing went wrong in the consoles of the pages', () => {
  expect(bed.complaints).toEqual([]);
});
