/**
 * What must hold whatever happens; a breach stops the swarm's writer, which then re-reads its log.
 */

/** Thrown when an invariant does not hold. */
class InvariantBroken extends Error {
  override readonly name = 'InvariantBroken';
}

/** Throws InvariantBroken unless the condition holds. */
export function invariant(condition: boolean, message: () => string): asserts condition {
  if (!condition) throw new InvariantBroken(message());
}
