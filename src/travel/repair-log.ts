/**
 * Owns what can be kept of a damaged log: a new log, elsewhere, with every event that provably happened and still fits.
 * Events keep their numbers, because leases and cursors are such numbers; what is lost is held open by `event_lost`.
 * Invariants: the damaged log is not touched; the new one folds; lost and kept events add up to all.
 */
import { EVENTS, type LogEvent } from '../contract/event.ts';
import { Failure, reasonOf } from '../contract/failure.ts';
import type { LostEvents, Repair } from '../contract/log-reports.ts';
import { FIRST_SETTINGS } from '../contract/settings.ts';
import { evolve } from '../domain/evolve.ts';
import { createState, type SwarmState } from '../domain/state.ts';
import { oldestFinished } from '../domain/task/evolve.ts';
import { remainsOf, type TaskRemains } from '../domain/task/state.ts';
import { decodeChunk, encodeEvent, joinRecords } from '../engine/event-codec.ts';
import type { Chunk } from '../journal/journal.ts';
import { derivedId } from '../journal/jsonl/log-lines.ts';
import type { SalvagedPart } from '../journal/archive/salvage-segment.ts';
import { openSalvageReader } from '../journal/sqlite/salvage-reader.ts';
import { makeLog, type MadeLog } from './make-log.ts';

/** Which damaged log becomes which new one. */
export interface RepairRequest {
  readonly from: string;
  readonly to: string;
  readonly swarm: string;
}

const GAP_EVENTS_AT_ONCE = 1000;
const SUBJECTS_NAMED = 20;
/** Events that may break a fold in a way that only folding shows. */
const PASSES_AT_MOST = 100;

/** Makes a new log of what can be kept. Throws Failure `log_missing`, `log_present` or `journal_damaged`. */
export async function repairLog({ from, to, swarm }: RepairRequest): Promise<Repair> {
  const source = openSalvageReader(from);
  try {
    const id = derivedId(source.id ?? 'unknown', `repaired ${swarm}`);
    const unfit = new Set<number>();
    for (;;) {
      const rebuild = new Rebuild(swarm, unfit);
      try {
        const made = await makeLog({ folder: to, swarm, id, chunks: () => rebuild.chunks(source.parts()) });
        return repaired(to, made, rebuild.lost, source.witness_seq);
      } catch (error) {
        if (rebuild.broke === null || unfit.size >= PASSES_AT_MOST) throw error;
        unfit.add(rebuild.broke);
      }
    }
  } finally {
    source.close();
  }
}

function repaired(folder: string, { journal, head }: MadeLog, lost: readonly LostEvents[], witness_seq: number): Repair {
  const gone = lost.reduce((sum, { first_seq, last_seq }) => sum + last_seq - first_seq + 1, 0);
  const tail_lost = Math.max(0, witness_seq - head.seq);
  return { folder, journal, last_seq: head.seq, kept: head.seq - gone, lost, tail_lost };
}

/** Folds what is left, event by event, and notes what had to go. */
class Rebuild {
  readonly lost: LostEvents[] = [];
  /** The event that the fold broke on; the state is of no use then. */
  broke: number | null = null;
  readonly #state: SwarmState;
  /** The events that an earlier pass broke on. */
  readonly #unfit: ReadonlySet<number>;

  constructor(swarm: string, unfit: ReadonlySet<number>) {
    this.#state = createState(swarm, FIRST_SETTINGS);
    this.#unfit = unfit;
  }

  async *chunks(parts: Iterable<SalvagedPart>): AsyncGenerator<Chunk> {
    for (const part of parts) {
      if ('gap' in part) yield* this.#gap(part.gap);
      else yield this.#chunk(decodeChunk(part.link));
    }
  }

  *#gap({ first_seq, last_seq, reason }: Extract<SalvagedPart, { gap: unknown }>['gap']): Generator<Chunk> {
    this.#lose({ first_seq, last_seq, reason, subjects: [] });
    for (let seq = first_seq; seq <= last_seq; seq += GAP_EVENTS_AT_ONCE) {
      const count = Math.min(GAP_EVENTS_AT_ONCE, last_seq - seq + 1);
      yield this.#chunk(Array.from({ length: count }, (_, index) => this.#placeholder(seq + index, 'unreadable', null)));
    }
  }

  #chunk(events: readonly LogEvent[]): Chunk {
    const records: string[] = [];
    const retired: TaskRemains[] = [];
    for (const event of events) {
      const kept = this.#fits(event) ? event : this.#dropped(event);
      if (kept.type === 'tasks_retired') retired.push(...oldestFinished(this.#state, kept.data).map(remainsOf));
      this.#fold(kept);
      records.push(encodeEvent(kept));
    }
    const { seq, time } = this.#state;
    return { first_seq: seq - events.length + 1, last_seq: seq, time, text: joinRecords(records), retired };
  }

  #fold(event: LogEvent): void {
    try {
      evolve(this.#state, event);
    } catch (error) {
      this.broke = event.seq;
      const { seq } = event;
      throw new Failure('journal_damaged', { first_seq: seq, last_seq: seq, reason: reasonOf(error), good_events: seq - 1 }, error);
    }
  }

  /** False when the event follows one that is lost. Whatever else keeps it from being folded is found by folding it. */
  #fits({ seq, type, data }: LogEvent): boolean {
    if (this.#unfit.has(seq)) return false;
    if (!('prev' in data)) return true;
    const task = this.#state.tasks.get(data.task_id);
    return type === 'task_added' ? task === undefined : task?.last_seq === data.prev;
  }

  #dropped(event: LogEvent): LogEvent {
    const { data } = event;
    const named = ['task_id', 'session_id', 'topic'].map((field) => Reflect.get(data, field) as unknown);
    const subjects = named.filter((subject) => typeof subject === 'string').slice(0, 1);
    this.#lose({ first_seq: event.seq, last_seq: event.seq, reason: 'they follow events that are lost', subjects });
    return this.#placeholder(event.seq, 'unfit', event.type);
  }

  #placeholder(seq: number, reason: 'unreadable' | 'unfit', was: string | null): LogEvent {
    const { version } = EVENTS.event_lost;
    return { seq, time: this.#state.time, type: 'event_lost', version, actor: 'tutti', command_id: null, data: { reason, was } };
  }

  #lose(events: LostEvents): void {
    const before = this.lost.at(-1);
    if (before?.last_seq !== events.first_seq - 1 || before.reason !== events.reason) {
      this.lost.push(events);
      return;
    }
    const subjects = [...new Set([...before.subjects, ...events.subjects])].slice(0, SUBJECTS_NAMED);
    this.lost[this.lost.length - 1] = { ...before, last_seq: events.last_seq, subjects };
  }
}
