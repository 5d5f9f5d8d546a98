/**
 * Takes a picture of every page, dark and light, wide and narrow, of a real server with a lively swarm, into docs/screenshots.
 * Pictures are WebP made by the browser itself, as small as they stay legible. `npm run docs:screenshots`; with names
 * (`-- board graph`) only of those pages.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fill } from '../test/web/lively-swarm.ts';
import { PAGE_LIST } from '../test/web/page-list.ts';
import { startWebBed } from '../test/web/web-bed.ts';

const FOLDER = join(import.meta.dirname, '../docs/screenshots');
const SIZES = [
  { name: 'wide', width: 1440, height: 900 },
  { name: 'narrow', width: 390, height: 844 },
] as const;
const QUALITY = 55;

const bed = await startWebBed();
await fill(bed.server, bed.work);
const wanted = process.argv.slice(2);
if (wanted.length === 0) rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
// One page for all of them: a theme and a size are a change of its surroundings, not another visit.
const page = await bed.open('/');
const session = await page.context().newCDPSession(page);
for (const { name, path, shows } of PAGE_LIST) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  await page.setViewportSize(SIZES[0]);
  await page.goto(bed.server.url + path);
  await page.getByText(shows).first().waitFor();
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const theme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme: theme });
      await page.waitForTimeout(name === 'graph' || name === 'metrics' ? 1500 : 200);
      const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY });
      writeFileSync(join(FOLDER, `${name}-${theme}-${size.name}.webp`), Buffer.from(data, 'base64'));
    }
  }
  console.log(name);
}
for (const complaint of bed.complaints) console.error(complaint);
await bed.close();
process.exitCode = bed.complaints.length === 0 ? 0 : 1;
