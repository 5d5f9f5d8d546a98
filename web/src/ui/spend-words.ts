/**
 * What was spent, in words.
 */

/** US dollars, to the cent; below a dollar to a hundredth of a cent, so that small runs are not nothing. */
export function dollars(value: number): string {
  return `$${value.toFixed(value > 0 && value < 1 ? 4 : 2)}`;
}

const SCALES = [
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

/** Tokens, with three digits. */
export function tokenWords(tokens: number): string {
  const [scale, letter] = SCALES.find(([least]) => tokens >= least) ?? [1, ''];
  return `${Number((tokens / scale).toPrecision(3))}${letter}`;
}
