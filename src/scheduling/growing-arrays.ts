/**
 * Typed arrays that grow: the content is kept, new entries hold the filler. By a quarter at a time: a board of a million tasks
 * would otherwise pay for up to a million that are not there.
 */

/** A copy of `array` with at least `capacity` entries; the array itself when it is long enough. */
export function grownFloats(array: Float64Array<ArrayBuffer>, capacity: number, filler = 0): Float64Array<ArrayBuffer> {
  if (array.length >= capacity) return array;
  const grown = new Float64Array(nextCapacity(array.length, capacity)).fill(filler, array.length);
  grown.set(array);
  return grown;
}

/** The same for 32-bit integers. */
export function grownInts(array: Int32Array<ArrayBuffer>, capacity: number, filler = 0): Int32Array<ArrayBuffer> {
  if (array.length >= capacity) return array;
  const grown = new Int32Array(nextCapacity(array.length, capacity)).fill(filler, array.length);
  grown.set(array);
  return grown;
}

function nextCapacity(length: number, needed: number): number {
  return Math.max(needed, Math.ceil(1.25 * length), 16);
}
