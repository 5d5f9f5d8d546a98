/**
 * Parts of sentences that explanations share.
 */

const NAMED_AT_MOST = 5;

/** Some names, and how many more. */
export function listed(names: readonly string[]): string {
  const rest = names.length - NAMED_AT_MOST;
  return rest > 0 ? `${names.slice(0, NAMED_AT_MOST).join(', ')} and ${rest} more` : names.join(', ');
}

/** A count and what is counted, like "1 task runs" and "3 tasks run". */
export function several(count: number, one: string, more: string): string {
  return `${count} ${count === 1 ? one : more}`;
}
