/**
 * Keys typed after the palette was asked for and before its input has the focus: none is lost, and none does anything else.
 * Invariant: while they are caught, every printable key, Backspace and Enter goes to the palette or to its own input.
 */

/** What takes the keys once it is there. */
type Taker = (keys: readonly string[]) => void;

let waiting: string[] = [];
let taker: Taker | null = null;
let catching = false;

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target instanceof Element && event.target.matches('[role="combobox"]')) return;
  if (event.key.length > 1 && event.key !== 'Backspace' && event.key !== 'Enter') return;
  event.preventDefault();
  event.stopPropagation();
  if (taker === null) waiting.push(event.key);
  else taker([event.key]);
}

/** Catches keys from now on. */
export function catchKeys(): void {
  if (catching) return;
  catching = true;
  waiting = [];
  addEventListener('keydown', onKey, { capture: true });
}

/** Catches no more keys. */
export function releaseKeys(): void {
  catching = false;
  taker = null;
  removeEventListener('keydown', onKey, { capture: true });
}

/** Hands over the keys that were caught, and from now on each as it comes; returns how to stop. */
export function takeKeys(take: Taker): () => void {
  taker = take;
  if (waiting.length > 0) take(waiting);
  waiting = [];
  return () => {
    if (taker === take) taker = null;
  };
}

/** A text after these keys. */
export function typedWith(text: string, keys: readonly string[]): string {
  return keys.reduce((before, key) => (key === 'Backspace' ? before.slice(0, -1) : key.length === 1 ? before + key : before), text);
}
