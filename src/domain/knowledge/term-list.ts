/**
 * Terms in the order of their characters, for finding those that begin alike.
 * Invariant: pieces are sorted, never empty, and at most `PIECE` long, so that no change moves more than one of them.
 */

const PIECE = 512;

/** A sorted list of different terms. */
export class TermList {
  readonly #pieces: string[][] = [];

  /** Takes different terms in any order. */
  constructor(terms: Iterable<string>) {
    const sorted = [...terms].toSorted();
    for (let at = 0; at < sorted.length; at += PIECE / 2) this.#pieces.push(sorted.slice(at, at + PIECE / 2));
  }

  /** Takes in a term that is not there. */
  add(term: string): void {
    const number = Math.min(this.#pieceOf(term), Math.max(0, this.#pieces.length - 1));
    const piece = (this.#pieces[number] ??= []);
    piece.splice(placeIn(piece, term), 0, term);
    if (piece.length > PIECE) this.#pieces.splice(number + 1, 0, piece.splice(PIECE / 2));
  }

  /** Lets a term go that is there. */
  delete(term: string): void {
    const number = this.#pieceOf(term);
    const piece = this.#pieces[number] ?? [];
    piece.splice(placeIn(piece, term), 1);
    if (piece.length === 0) this.#pieces.splice(number, 1);
  }

  /** The terms that begin with this, in order. */
  *beginningWith(start: string): Generator<string> {
    for (let number = this.#pieceOf(start); number < this.#pieces.length; number += 1) {
      const piece = this.#pieces[number] ?? [];
      for (let place = placeIn(piece, start); place < piece.length; place += 1) {
        const term = piece[place] ?? '';
        if (!term.startsWith(start)) return;
        yield term;
      }
    }
  }

  /** The first piece whose last term is not before a term. */
  #pieceOf(term: string): number {
    let low = 0;
    let high = this.#pieces.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#pieces[middle]?.at(-1) ?? '') < term) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The first place in a sorted list whose term is not before a term. */
export function placeIn(sorted: readonly string[], term: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as string) < term) low = middle + 1;
    else high = middle;
  }
  return low;
}
