/** The terminal of a session on its page: looked at by all, typed into by one (C12, F9): a real shell in real tmux. */
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import { runHost } from '../../src/host/supervision/run-host.ts';
import { hostFolder } from '../host/host-fixture.ts';
import { accessibilityProblems } from './axe.ts';
import { startWebBed, type WebBed } from './web-bed.ts';

const HOSTILE = String.raw`\033]0;evil\007\033]52;c;ZXZpbA==\007\033]8;;http://evil.example\007here\033]8;;\007 \033[31mred\033[0m <img src=x onerror=alert(1)>`;

let bed: WebBed;
beforeAll(async () => {
  bed = await startWebBed();
}, 300_000);
afterEach(() => bed.closePages());
afterAll(() => bed.close());

/** A host that keeps a shell as the session eng.1, until the test ends. */
async function keepShell(): Promise<void> {
  const folder = await hostFolder();
  const stopping = new AbortController();
  const environment = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: folder, TERM: 'xterm-256color', LANG: 'C.UTF-8', PS1: '$ ' };
  const session = {
    id: 'eng.1',
    command: ['/bin/sh', '-c', `printf '${HOSTILE}\n'; exec sh -i`] as const,
    folder,
    environment: {},
    restart: 'never',
    limit_ms: null,
    memory_mb: null,
    cpu_seconds: null,
  } as const;
  await bed.server.request('/session/register', { body: { session_id: 'eng.1', capabilities: ['build'], wants_work: false } });
  const find = () => Promise.resolve({ url: bed.server.url, token: bed.server.tokenOf('operator') });
  const host = runHost({ wanted: () => [session], data_folder: folder, environment, signal: stopping.signal, find, host: 'box' });
  onTestFinished(async () => {
    stopping.abort();
    await host;
  });
}

test('by keys alone: control is taken, a command typed, everybody sees who has the keyboard, and it is given back', async () => {
  await keepShell();
  const page = await bed.open('/sessions/eng.1');
  const screen = page.getByRole('region', { name: 'Screen of eng.1' });
  await screen.getByText('$').first().waitFor();
  const text = (await screen.innerText()).replaceAll('\u00a0', ' ');
  expect(text).toContain('<img src=x onerror=alert(1)>');
  expect(text).not.toContain('evil');
  expect(await screen.locator('a, img, script').count()).toBe(0);
  expect(await accessibilityProblems(page)).toEqual([]);

  await page.getByRole('button', { name: 'Take control' }).press('Enter');
  const keyboard = page.getByRole('textbox', { name: 'Keyboard of eng.1' });
  await expect.poll(() => page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe('Keyboard of eng.1');
  await page.keyboard.type('echo grüße $((40+2))');
  await page.keyboard.press('Enter');
  await screen.getByText('grüße 42').first().waitFor();
  // Keys that mean something elsewhere on the page go into the terminal too.
  await page.keyboard.type('g b ?');
  await page.keyboard.press('Control+c');
  expect(page.url()).toContain('/sessions/eng.1');

  const other = await bed.open('/sessions/eng.1', { role: 'viewer' });
  await other.getByText(/has the keyboard since/).waitFor();
  await other.getByRole('region', { name: 'Screen of eng.1' }).getByText('grüße 42').first().waitFor();
  expect(await other.getByRole('button', { name: 'Take over' }).isDisabled()).toBe(true);
  expect(await other.getByRole('textbox', { name: 'Keyboard of eng.1' }).count()).toBe(0);

  await page.keyboard.press('Shift+Escape');
  await page.keyboard.press('Enter');
  await keyboard.waitFor({ state: 'detached' });
  await other.getByText('Nobody has the keyboard.').waitFor();
  const { body } = await bed.server.request('/event/list?since=0&limit=1000');
  const types = (body['events'] as { readonly type: string }[]).map(({ type }) => type).filter((type) => type.startsWith('terminal_'));
  expect(types).toEqual(['terminal_taken', 'terminal_released']);
  expect(JSON.stringify(body)).not.toContain('grüße');
});

test('what scrolled off is looked back at, and who has the keyboard fits the terminal to the page, for everybody', async () => {
  await keepShell();
  const page = await bed.open('/sessions/eng.1');
  const screen = page.getByRole('region', { name: 'Screen of eng.1' });
  await screen.getByText('$').first().waitFor();
  await page.getByText('200 × 50').waitFor();
  expect(await page.getByRole('button', { name: 'Fit to page' }).count()).toBe(0);
  await page.getByRole('button', { name: 'Take control' }).press('Enter');
  const keyboard = page.getByRole('textbox', { name: 'Keyboard of eng.1' });
  await expect.poll(() => page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe('Keyboard of eng.1');
  await page.keyboard.type('seq 1000 1300');
  await page.keyboard.press('Enter');
  // The line of the number itself, not that of the command.
  await screen.getByText('1300', { exact: true }).waitFor();
  expect(await screen.getByText('1001').count()).toBe(0);
  await page.getByRole('button', { name: 'Look back' }).press('Enter');
  await screen.getByText('1001').first().waitFor();
  await page.getByText(/lines above, as of/).waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.getByRole('button', { name: 'Only now' }).press('Enter');
  await screen.getByText('1001').first().waitFor({ state: 'detached' });

  await page.getByRole('button', { name: 'Fit to page' }).press('Enter');
  await page.getByText('200 × 50').waitFor({ state: 'detached' });
  await keyboard.focus();
  const shown = await page.getByText(/^\d+ × \d+$/).innerText();
  const [columns, rows] = shown.split(' × ');
  // The program in it hears of its size a moment after the terminal has it.
  await expect
    .poll(
      async () => {
        await page.keyboard.type('echo size $(stty size)');
        await page.keyboard.press('Enter');
        return screen.getByText(`size ${rows} ${columns}`, { exact: true }).count();
      },
      { interval: 1000 },
    )
    .toBeGreaterThan(0);
  const tooWide = await page.evaluate(
    '(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)(document.querySelector("[aria-label=\\"Screen of eng.1\\"]"))',
  );
  expect(tooWide).toBe(false);
  const other = await bed.open('/sessions/eng.1', { role: 'viewer' });
  await other.getByText(`${columns} × ${rows}`).waitFor();
  await page.getByRole('button', { name: 'Release' }).press('Enter');
  await page.getByText('Nobody has the keyboard.').waitFor();
});

test('nothing went wrong in the consoles of the pages', () => {
  expect(bed.complaints).toEqual([]);
});
