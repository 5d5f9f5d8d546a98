/**
 * Takes many things one after the other, in several turns of the event loop when they are costly, so that others are
 * served in between. Invariant: they are taken in their order, each once.
 */

/** How long one run may hold the loop, in ms, and how many things pass between two looks at the clock. */
const TURN_MS = 8;
const THINGS_BETWEEN_LOOKS = 16;

/** Takes `count` things by their index, from `from` on; true when all were taken at once, else `onEnd` follows. `take` must not throw. */
export function takeInTurns(count: number, take: (index: number) => void, onEnd: () => void, from = 0): boolean {
  const begun = performance.now();
  for (let index = from; index < count; index += 1) {
    if (index > from && index % THINGS_BETWEEN_LOOKS === 0 && performance.now() - begun > TURN_MS) {
      setImmediate(() => {
        if (takeInTurns(count, take, onEnd, index)) onEnd();
      });
      return false;
    }
    take(index);
  }
  return true;
}
