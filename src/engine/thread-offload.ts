/**
 * Improves plans in a thread of its own, which begins with the first plan and keeps nobody alive. Jobs are done one after
 * the other.
 * Invariant: every job is answered, or rejected when the thread ends.
 */
import { Worker } from 'node:worker_threads';
import { Failure } from '../contract/failure.ts';
import type { MadePlan, Offload, PlanJob } from './planner.ts';

interface Waiting {
  readonly resolve: (plan: MadePlan) => void;
  readonly reject: (failure: Failure) => void;
}

/** An offload of threads. */
export class ThreadOffload implements Offload {
  #worker: Worker | null = null;
  #waiting: Waiting[] = [];

  improve(job: PlanJob): Promise<MadePlan> {
    const { promise, resolve, reject } = Promise.withResolvers<MadePlan>();
    this.#waiting.push({ resolve, reject });
    this.#thread().postMessage(job);
    return promise;
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#lose(worker);
    await worker?.terminate();
  }

  #thread(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker(new URL('./plan-thread.ts', import.meta.url), { name: 'plans', env: {} });
    worker.unref();
    worker.on('message', (plan: MadePlan) => this.#waiting.shift()?.resolve(plan));
    worker.on('error', () => this.#lose(worker));
    worker.on('exit', () => this.#lose(worker));
    this.#worker = worker;
    return worker;
  }

  #lose(worker: Worker | null): void {
    if (worker !== this.#worker) return;
    this.#worker = null;
    for (const { reject } of this.#waiting.splice(0)) reject(new Failure('internal', { reason: 'the thread that makes plans has ended' }));
  }
}
