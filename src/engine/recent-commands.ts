/**
 * Commands that had an effect lately, by the id their client gave them: repeating one repeats its answer.
 * Follows from the log. Bounds: 24 hours, at least the newest 100,000 commands and at most twice as many. They are kept in
 * two generations, because taking the oldest out of a large Map one by one costs microseconds each.
 */
const KEPT_MS = 86_400_000;
const GENERATION = 100_000;

interface Effect {
  readonly seq: number;
  readonly time: number;
}

/** What is remembered. */
export interface RecentCommandsImage {
  readonly young: Map<string, Effect>;
  readonly old: ReadonlyMap<string, Effect>;
}

/** Recent commands by id. */
export class RecentCommands {
  #young = new Map<string, Effect>();
  #old: ReadonlyMap<string, Effect> = new Map();

  /** What it holds, for whoever writes it down. */
  image(): RecentCommandsImage {
    return { young: this.#young, old: this.#old };
  }

  /** Goes on with what another one held. */
  adopt({ young, old }: RecentCommandsImage): void {
    this.#young = young;
    this.#old = old;
  }

  /** Sequence number of the command's first event, or undefined. */
  firstEvent(id: string, now: number): number | undefined {
    const effect = this.#young.get(id) ?? this.#old.get(id);
    return effect === undefined || now - effect.time > KEPT_MS ? undefined : effect.seq;
  }

  /** Remembers a command by one of its events; only the first counts. */
  note(id: string, seq: number, time: number): void {
    if (this.#young.has(id) || this.#old.has(id)) return;
    this.#young.set(id, { seq, time });
    if (this.#young.size < GENERATION) return;
    this.#old = this.#young;
    this.#young = new Map();
  }
}
