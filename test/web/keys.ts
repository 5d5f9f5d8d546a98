/**
 * A page used by keys alone.
 */
import type { Page } from 'playwright-core';

/** Presses Tab until what has the focus is called so; fails after 200. */
export async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 200; presses += 1) {
    await page.keyboard.press('Tab');
    const text = await page.evaluate(`(() => {
      const { activeElement: here } = document;
      const label = here.labels?.[0]?.textContent ?? null;
      return (here.getAttribute('aria-label') ?? label ?? here.textContent ?? '').trim();
    })()`);
    if (name.test(String(text))) return;
  }
  throw new Error(`Tab never came to ${String(name)}`);
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
