/**
 * A seeded random number generator. The same seed gives the same numbers on every machine, so that
 * a plan is reproducible from its inputs.
 */

/** Gives the next number in [0, 1). */
export type RandomSource = () => number;

/** Mulberry32 (Tommy Ettinger, public domain): 32 bits of state, passes gjrand. */
export function seededRandom(seed: number): RandomSource {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A standard normal deviate (Box & Muller 1958). */
export function gaussian(random: RandomSource): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
