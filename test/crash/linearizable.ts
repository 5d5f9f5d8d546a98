/**
 * Whether the histories that clients observed could have come from one register per key that does one thing at a time:
 * J. Wing and C. Gong, "Testing and verifying concurrent objects" (1993), with G. Lowe's memory of visited states (2017).
 * An operation whose answer was lost may have happened at any time after its call, or never.
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

const EMPTY: Register = { version: 0, value: null };

/** True when there is an order of the operations, each between its call and its answer, that explains every answer. */
export function isLinearizable(history: readonly RegisterOperation[]): boolean {
  // Without an answer a read tells nothing.
  const operations = history.filter(({ answer, ask }) => answer !== null || ask.kind === 'write').toSorted((a, b) => a.called - b.called);
  return explains(operations, new Set(operations.keys()), EMPTY, new Set());
}

function explains(operations: readonly RegisterOperation[], left: ReadonlySet<number>, register: Register, seen: Set<string>): boolean {
  if ([...left].every((index) => operations[index]?.answer === null)) return true;
  const state = `${[...left].join(',')}|${register.version}|${register.value}`;
  if (seen.has(state)) return false;
  seen.add(state);
  const deadline = Math.min(...[...left].map((index) => operations[index]?.answered ?? Infinity));
  for (const index of left) {
    const operation = operations[index] as RegisterOperation;
    if (operation.called > deadline) break;
    const after = applied(operation, register);
    if (after === null) continue;
    const rest = new Set(left);
    rest.delete(index);
    if (explains(operations, rest, after, seen)) return true;
  }
  return false;
}

/** The register after the operation, or null when its answer could not have been this. */
function applied({ ask, answer }: RegisterOperation, register: Register): Register | null {
  if (ask.kind === 'read') {
    const isSame = answer?.kind === 'read' && answer.version === register.version && answer.value === register.value;
    return isSame ? register : null;
  }
  const isExpected = ask.expected === register.version;
  if (answer?.kind === 'refused') return isExpected ? null : register;
  if (!isExpected) return answer === null ? register : null;
  if (answer?.kind === 'written' && answer.version !== register.version + 1) return null;
  return { version: register.version + 1, value: ask.value };
}
