/**
 * Keys as a terminal sends them.
 */

/** What of a key matters. */
export interface PressedKey {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
}

const ESC = '\u001b';
const NAMED: Readonly<Record<string, string>> = {
  Enter: '\r',
  Backspace: '\u007f',
  Tab: '\t',
  Escape: ESC,
  ArrowUp: `${ESC}[A`,
  ArrowDown: `${ESC}[B`,
  ArrowRight: `${ESC}[C`,
  ArrowLeft: `${ESC}[D`,
  Home: `${ESC}[H`,
  End: `${ESC}[F`,
  Insert: `${ESC}[2~`,
  Delete: `${ESC}[3~`,
  PageUp: `${ESC}[5~`,
  PageDown: `${ESC}[6~`,
};

/** The characters of a key that is no text; null: it is text, or belongs to the browser. */
export function keyBytes({ key, ctrlKey, altKey, metaKey, shiftKey }: PressedKey): string | null {
  if (metaKey) return null;
  if (key === 'Tab' && shiftKey) return `${ESC}[Z`;
  const named = NAMED[key];
  if (named !== undefined) return altKey ? ESC + named : named;
  if (key.length !== 1) return null;
  if (ctrlKey && !altKey) return /^[a-z@[\\\]^_ ]$/i.test(key) ? String.fromCharCode(key.toUpperCase().charCodeAt(0) & 31) : null;
  return altKey && !ctrlKey ? ESC + key : null;
}
