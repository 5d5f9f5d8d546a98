/**
 * Commands that had an effect lately, by the id their client gave them: repeating one repeats its answer.
 * Follows from the log. Bounds: 24 hours and 100,000 commands, the oldest leave first.
 */
const KEPT_MS = 86_400_000;
const KEPT = 100_000;

interface Effect {
  readonly seq: number;
  readonly time: number;
}

/** Recent commands by id. */
export class RecentCommands {
  readonly #effects = new Map<string, Effect>();

  /** Sequence number of the command's first event, or undefined. */
  firstEvent(id: string, now: number): number | undefined {
    const effect = this.#effects.get(id);
    return effect === undefined || now - effect.time > KEPT_MS ? undefined : effect.seq;
  }

  /** Remembers a command by one of its events; only the first counts. */
  note(id: string, seq: number, time: number): void {
    if (this.#effects.has(id)) return;
    this.#effects.set(id, { seq, time });
    if (this.#effects.size <= KEPT) return;
    const [oldest] = this.#effects.keys();
    if (oldest !== undefined) this.#effects.delete(oldest);
  }
}
