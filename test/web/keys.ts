/**
 * A page used by keys alone, at its own pace: a key is pressed once what takes it has the focus.
 */
import { expect } from 'vitest';
import type { Locator, Page } from 'playwright-core';

/** How often a key is pressed again that a busy machine may have been too slow for. */
const TRIES = 12;
const BETWEEN_MS = 5_000;
/** What a walk goes to may come late. */
const WALK_MS = 60_000;

/** What has the focus is called so; asked again two frames later, because focus may be on its way somewhere else. */
const NAME_OF_FOCUS = `(async () => {
  const name = () => {
    const { activeElement: here } = document;
    const label = here.labels?.[0]?.textContent ?? null;
    return (here.getAttribute('aria-label') ?? label ?? here.textContent ?? '').trim();
  };
  return name();
})()`;
const SETTLED_NAME_OF_FOCUS = `new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))).then(() => ${NAME_OF_FOCUS})`;

/** Presses Tab until what has the focus is called so; fails after 200, but not before what comes late is there. */
export async function tabTo(page: Page, name: RegExp): Promise<void> {
  await walkTo(page, 'Tab', name);
}

/** Presses the down arrow until what has the focus is called so: in a menu. */
export async function arrowTo(page: Page, name: RegExp): Promise<void> {
  await walkTo(page, 'ArrowDown', name);
}

/** Goes to what is called so and presses Enter. */
export async function enter(page: Page, name: RegExp): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.press('Enter');
}

/** Goes to the field with this label and types; what stood there is replaced. */
export async function typeInto(page: Page, label: RegExp, text: string): Promise<void> {
  await tabTo(page, label);
  await page.keyboard.press('Control+a');
  await page.keyboard.type(text);
}

/** Waits for the dialog called so and for the focus in it: from then on what is typed goes there. */
export async function dialogOf(page: Page, name: string | RegExp = /./): Promise<Locator> {
  const dialog = page.getByRole('dialog', { name });
  await dialog.waitFor();
  await expect.poll(() => page.evaluate(`document.activeElement.closest('[role="dialog"]') !== null`)).toBe(true);
  return dialog;
}

/** Closes the dialog with Escape. */
export async function leaveDialog(page: Page): Promise<void> {
  await pressUntil(page, ['Escape'], (timeout) => page.getByRole('dialog').waitFor({ state: 'detached', timeout }));
}

/** Goes to a page with G and its letter, which must follow each other within a second. */
export async function goWith(page: Page, letter: string, heading: string): Promise<void> {
  const there = page.getByRole('heading', { level: 1, name: heading });
  await pressUntil(page, ['g', letter], (timeout) => there.waitFor({ timeout }));
}

/** Presses the keys again until what they lead to is there. Only for keys that do the same again, or nothing. */
async function pressUntil(page: Page, keys: readonly string[], there: (timeout: number) => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    for (const key of keys) await page.keyboard.press(key);
    try {
      await there(BETWEEN_MS);
      return;
    } catch (error) {
      if (tries === TRIES) throw error;
    }
  }
}

async function walkTo(page: Page, key: string, name: RegExp): Promise<void> {
  const end = performance.now() + WALK_MS;
  for (let presses = 0; presses < 200 || performance.now() < end; presses += 1) {
    await page.keyboard.press(key);
    if (name.test(String(await page.evaluate(NAME_OF_FOCUS))) && name.test(String(await page.evaluate(SETTLED_NAME_OF_FOCUS)))) return;
  }
  throw new Error(`${key} never came to ${String(name)}`);
}
