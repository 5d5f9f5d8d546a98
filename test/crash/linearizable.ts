/**
 * Whether the histories that clients observed could have come from one register per key that does one thing at a time:
 * J. Wing and C. Gong, "Testing and verifying concurrent objects" (1993), with G. Lowe's memory of visited states (2017).
 * An operation whose answer was lost may have happened at any time after its call, or never.
 *
 * Versions only grow, so a write without an answer fits one version alone and needs no memory of whether it was used: what
 * is searched grows with the length of a history and with how many clients act at once, not with how many answers were lost.
 */

/** An operation on a register with versions, as its caller saw it. Times are of one clock, in any unit. */
export interface RegisterOperation {
  readonly called: number;
  /** When the answer came; null: it never did. */
  readonly answered: number | null;
  /** What was asked: write a value if the version is the expected one, or read. */
  readonly ask: { readonly kind: 'write'; readonly expected: number; readonly value: string } | { readonly kind: 'read' };
  /** What was answered: the version written, a refusal, or what was read; null with no answer. */
  readonly answer:
    | { readonly kind: 'written'; readonly version: number }
    | { readonly kind: 'refused' }
    | { readonly kind: 'read'; readonly version: number; readonly value: string | null }
    | null;
}

interface Register {
  readonly version: number;
  readonly value: string | null;
}

/** A place in the search: what was explained so far, and the register after it. */
interface Place extends Register {
  /** The first operation that is not explained. */
  readonly next: number;
  /** Later ones that are, in order. */
  readonly ahead: readonly number[];
}

/** True when there is an order of the operations, each between its call and its answer, that explains every answer. */
export function isLinearizable(history: readonly RegisterOperation[]): boolean {
  const answered = history.filter(({ answer }) => answer !== null).toSorted((a, b) => a.called - b.called);
  const unanswered = Map.groupBy(
    history.filter(({ answer, ask }) => answer === null && ask.kind === 'write'),
    ({ ask }) => (ask.kind === 'write' ? ask.expected : 0),
  );
  const seen = new Set<string>();
  const open: Place[] = [{ next: 0, ahead: [], version: 0, value: null }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (place.next === answered.length) return true;
    const key = `${place.next}|${place.ahead.join(',')}|${place.version}|${place.value}`;
    if (seen.has(key)) continue;
    seen.add(key);
    open.push(...steps(place, answered, unanswered));
  }
  return false;
}

/** Every place one operation further. */
function* steps(
  place: Place,
  answered: readonly RegisterOperation[],
  unanswered: ReadonlyMap<number, readonly RegisterOperation[]>,
): Generator<Place> {
  const { next, ahead, version, value } = place;
  let deadline = Infinity;
  for (let index = next; index < answered.length; index += 1) {
    const operation = answered[index] as RegisterOperation;
    if (operation.called > deadline) break;
    if (!ahead.includes(index)) deadline = Math.min(deadline, operation.answered ?? Infinity);
  }
  for (const { called, ask } of unanswered.get(version) ?? []) {
    if (called <= deadline && ask.kind === 'write') yield { next, ahead, version: version + 1, value: ask.value };
  }
  for (let index = next; index < answered.length; index += 1) {
    const operation = answered[index] as RegisterOperation;
    if (operation.called > deadline) break;
    if (ahead.includes(index)) continue;
    const after = applied(operation, { version, value });
    if (after !== null) yield { ...after, ...explained(index, next, ahead) };
  }
}

function explained(index: number, next: number, ahead: readonly number[]): Pick<Place, 'next' | 'ahead'> {
  if (index !== next) return { next, ahead: [...ahead, index].toSorted((a, b) => a - b) };
  let first = next + 1;
  while (ahead.includes(first)) first += 1;
  return { next: first, ahead: ahead.filter((each) => each > first) };
}

/** The register after the operation, or null when its answer could not have been this. */
function applied({ ask, answer }: RegisterOperation, register: Register): Register | null {
  if (ask.kind === 'read') {
    const isSame = answer?.kind === 'read' && answer.version === register.version && answer.value === register.value;
    return isSame ? register : null;
  }
  const isExpected = ask.expected === register.version;
  if (answer?.kind === 'refused') return isExpected ? null : register;
  if (!isExpected || answer?.kind !== 'written' || answer.version !== register.version + 1) return null;
  return { version: register.version + 1, value: ask.value };
}
