/**
 * Things in the order in which they came, so that a list can go on in the middle without a walk from its beginning.
 * Whoever left leaves a hole; when most places are holes they are closed.
 * Invariants: numbers grow; an id whose number is not its newest one is a hole.
 */

/** Ids by the number of their arrival. */
export interface ArrivalOrder {
  numbers: number[];
  ids: string[];
  holes: number;
}

/** Holes that are left alone. */
const HOLES_TOLERATED = 1000;

/** Nobody. */
export function createArrivals(): ArrivalOrder {
  return { numbers: [], ids: [], holes: 0 };
}

/** Somebody came; `number` is larger than all before. */
export function arrive(order: ArrivalOrder, id: string, number: number): void {
  order.numbers.push(number);
  order.ids.push(id);
}

/** Somebody left, or came again. `isThere` tells who is still there under the same number. */
export function depart(order: ArrivalOrder, isThere: (id: string, number: number) => boolean): void {
  order.holes += 1;
  if (order.holes < HOLES_TOLERATED || order.holes * 2 < order.ids.length) return;
  const kept = order.ids.map((id, place) => isThere(id, order.numbers[place] ?? 0));
  order.ids = order.ids.filter((_, place) => kept[place]);
  order.numbers = order.numbers.filter((_, place) => kept[place]);
  order.holes = 0;
}

/** Somebody who had left is back in the place of the number with which he came first. */
export function comeBack(order: ArrivalOrder, id: string, number: number): void {
  const place = placeAfter(order, number - 1);
  if (order.numbers[place] === number) {
    order.holes -= 1;
    return;
  }
  order.numbers.splice(place, 0, number);
  order.ids.splice(place, 0, id);
}

/** Who came after `number`, with their numbers, holes included. */
export function* arrivedAfter(order: ArrivalOrder, number: number): Generator<readonly [number, string]> {
  const { numbers, ids } = order;
  for (let place = placeAfter(order, number); place < ids.length; place += 1) yield [numbers[place] ?? 0, ids[place] ?? ''];
}

/** The first place whose number is larger. */
function placeAfter({ numbers }: ArrivalOrder, number: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] ?? 0) <= number) low = middle + 1;
    else high = middle;
  }
  return low;
}
