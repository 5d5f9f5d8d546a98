/**
 * The workers of a simulated world and the machines they run on: who ends is started again, but for those who are lost.
 */
import type { SeededRandom } from './seeded-random.ts';
import type { SimProcess } from './sim-process.ts';
import { SimOutboxes, startSimWorker } from './sim-worker.ts';
import type { PlannedWorker } from './world-plan.ts';
import type { WorldParts } from './world-parts.ts';

const RESTART_MS = 500;

/** A worker and its processes: a twin leaves the one before it running. */
export interface Employed {
  readonly planned: PlannedWorker;
  outboxes: SimOutboxes;
  /** The newest. */
  process: SimProcess | null;
  readonly processes: Set<SimProcess>;
  gone: boolean;
  /** Asks it to end. */
  stop: () => void;
}

/** The workers of a world. */
export class Workforce {
  readonly workers: readonly Employed[];
  readonly #parts: WorldParts;
  readonly #fates: SeededRandom;

  constructor(parts: WorldParts) {
    this.#parts = parts;
    this.#fates = parts.random.derive('machines');
    this.workers = parts.plan.workers.map((planned) => ({
      planned,
      outboxes: new SimOutboxes(),
      process: null,
      processes: new Set(),
      gone: false,
      stop: () => undefined,
    }));
  }

  /** Those who are not lost. */
  get present(): readonly Employed[] {
    return this.workers.filter(({ gone }) => !gone);
  }

  start(worker: Employed): void {
    const { planned, outboxes } = worker;
    const { net, testimony } = this.#parts;
    const process = this.#parts.makeProcess(planned.name, planned.clock);
    worker.process = process;
    worker.processes.add(process);
    worker.stop = startSimWorker({
      process,
      session_id: planned.name,
      capabilities: planned.capabilities,
      slots: planned.slots,
      transport: net.transportOf(process),
      outboxes,
      tell: (fact) => {
        if (fact.kind === 'completed') testimony.complete(fact.task_id, fact.lease);
        if (fact.kind === 'started') testimony.run(fact.lease, process.name);
        this.#parts.trace(`${process.name}: ${JSON.stringify(fact)}`);
      },
      onEnd: () => {
        process.kill();
        worker.processes.delete(process);
        this.#replace(worker, process, RESTART_MS);
      },
    });
  }

  kill(worker: Employed): void {
    const { process } = worker;
    process?.kill();
    if (process !== null) worker.processes.delete(process);
    this.#replace(worker, process, this.#parts.random.exponential(10_000));
  }

  pause({ process }: Employed, ms: number): void {
    process?.pause();
    void this.#parts.time.after(ms, () => process?.resume());
  }

  /** On another machine, with a disk of its own: what the first has not delivered waits on the first one's. */
  startTwin(worker: Employed): void {
    if (worker.gone) return;
    worker.outboxes = new SimOutboxes();
    this.start(worker);
  }

  /** One of them stays, so that there is somebody to do the work. Half of the others are lost with their machine. */
  lose(worker: Employed): void {
    if (worker === this.workers[0]) return;
    worker.gone = true;
    if (this.#fates.chance(0.5)) for (const process of worker.processes) this.#parts.net.silence(process);
    for (const process of worker.processes) process.kill();
    worker.processes.clear();
  }

  /** Started again, unless another of its name has been meanwhile, or it is lost. */
  #replace(worker: Employed, ended: SimProcess | null, ms: number): void {
    void this.#parts.time.after(ms, () => {
      if (worker.process === ended && !worker.gone) this.start(worker);
    });
  }
}
