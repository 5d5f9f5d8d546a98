/**
 * A map that remembers what it found last: one command looks the same task up half a dozen times, and each look costs a
 * walk through memory that is no longer near. Invariant: it answers like the map it is. Values are never undefined.
 */

/** A map from ids to things. */
export class LastFoundMap<V extends object> extends Map<string, V> {
  #id: string | null = null;
  #found: V | undefined;

  override get(id: string): V | undefined {
    if (id === this.#id) return this.#found;
    const found = super.get(id);
    if (found !== undefined) this.#remember(id, found);
    return found;
  }

  override has(id: string): boolean {
    return this.get(id) !== undefined;
  }

  override set(id: string, value: V): this {
    this.#remember(id, value);
    return super.set(id, value);
  }

  override delete(id: string): boolean {
    if (id === this.#id) this.#forget();
    return super.delete(id);
  }

  override clear(): void {
    this.#forget();
    super.clear();
  }

  #remember(id: string, value: V): void {
    this.#id = id;
    this.#found = value;
  }

  #forget(): void {
    this.#id = null;
    this.#found = undefined;
  }
}
