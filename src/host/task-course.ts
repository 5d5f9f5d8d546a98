/**
 * The whole course of one held task: a slot, the start under its lease, the attempt, its result on disk, its delivery,
 * its folder closed. Invariants: it ends the lease exactly once and says how; a withdrawn task is never completed;
 * its slot is free again only when its processes are gone and its folder is closed.
 */
import { Failure, reasonOf } from '../contract/failure.ts';
import type { Random } from '../contract/ports.ts';
import { pause } from '../client/pause.ts';
import type { AttemptOutcome, AttemptPorts } from './attempt.ts';
import { deliver, type Delivered, keepResult } from './delivery.ts';
import type { HeldTask, ProviderLimit } from './held-task.ts';
import type { LeaseTable } from './lease-table.ts';
import { type PriceTable, priceOf } from '../runners/price-table.ts';
import type { RunUsage } from '../runners/runner.ts';
import type { ResultOutbox, OutboxEntry } from './result-outbox.ts';
import { createProgressThrottle } from './progress-throttle.ts';
import { forgetRun } from './run-record.ts';
import { limitResult, type TaskResult } from './task-result.ts';
import type { WorkerFact } from './worker-event.ts';
import type { WorkerFate } from './worker-fate.ts';
import type { WorkerSession } from './worker-session.ts';
import { closeWorkplace, type Workplace } from './workplace.ts';

/** Least time between two reports of progress. */
const REPORT_EVERY_MS = 1000;

/** How long a result waits for the reports of what its run used. */
const USAGE_MS = 2000;

/** What every course of a worker works with. */
export interface CoursePorts {
  readonly session: WorkerSession;
  readonly table: LeaseTable;
  readonly fate: WorkerFate;
  readonly outbox: ResultOutbox;
  readonly random: Random;
  readonly tell: (fact: WorkerFact) => void;
  readonly prices: PriceTable;
  readonly attempt: Omit<AttemptPorts, 'tell' | 'report' | 'use' | 'confirmLease'>;
  /** How a task is attempted; never rejects. */
  readonly makeAttempt: (ports: AttemptPorts, held: HeldTask) => Promise<AttemptOutcome>;
}

/** Follows a task to its end. Never rejects. */
export async function followTask(ports: CoursePorts, held: HeldTask): Promise<void> {
  let last: WorkerFact;
  try {
    last = await follow(ports, held);
  } catch (error) {
    const failure = new Failure('internal', { reason: reasonOf(error) }, error);
    ports.tell({ kind: 'warning', code: failure.code, message: failure.message });
    held.withdraw({ kind: 'revoked', reason: failure.message });
    last = lastOfWithdrawn(held);
  }
  ports.table.end(held);
  ports.tell(last);
}

/** Resolves with the last fact about the task. */
async function follow(ports: CoursePorts, held: HeldTask): Promise<WorkerFact> {
  if (!(await ports.table.slotFor(held))) return lastOfWithdrawn(held);
  held.enter('starting');
  await confirm(ports, held, { status: 'in_progress' }).catch((error: unknown) => withdrawAs(held, error));
  if (held.withdrawal !== null) return lastOfWithdrawn(held);
  held.enter('preparing');
  const began = ports.attempt.clock.now();
  const { result, workplace } = await attempt(ports, held);
  const minutes = Math.max(0, ports.attempt.clock.now() - began) / 60_000;
  const isOurs = held.withdrawal === null || result.merge_commit !== undefined;
  const last = isOurs ? await settle(ports, held, limitResult(result), minutes) : lastOfWithdrawn(held);
  if (workplace !== null) await close(ports, held, workplace);
  return last;
}

async function attempt(ports: CoursePorts, held: HeldTask): Promise<AttemptOutcome> {
  const running = new AbortController();
  const signal = AbortSignal.any([running.signal, held.signal, ports.fate.closing]);
  const throttle = createProgressThrottle<{ progress: number; message: string }>(
    ports.attempt.clock,
    REPORT_EVERY_MS,
    async ({ progress, message }) => {
      const details = message === '' ? null : message;
      const input = { task_id: held.task.id, lease: held.lease, progress, details };
      await ports.session.call('work.update', input, signal).catch((error: unknown) => {
        if (!signal.aborted) withdrawAs(held, error);
      });
    },
  );
  let used: Promise<void> = Promise.resolve();
  const outcome = await ports.makeAttempt(
    {
      ...ports.attempt,
      tell: ports.tell,
      report: (progress, message) => throttle.offer({ progress, message }),
      use: (usage) => {
        used = used.then(() => reportUsage(ports, held, usage));
      },
      confirmLease: () =>
        confirm(ports, held, { details: 'the run ended well; its work is being merged' }).catch((error: unknown) => {
          withdrawAs(held, error);
          throw error;
        }),
    },
    held,
  );
  running.abort();
  // A server that is away hears of it later: the result does not wait for that.
  await Promise.race([used, pause(ports.attempt.clock, USAGE_MS, ports.fate.closing)]);
  await throttle.close();
  return outcome;
}

/** Tells the server something under the lease; rejects when the lease is no longer ours. */
async function confirm(ports: CoursePorts, held: HeldTask, what: { status?: 'in_progress'; details?: string }): Promise<void> {
  const signal = AbortSignal.any([held.signal, ports.fate.closing]);
  await ports.session.call('work.update', { task_id: held.task.id, lease: held.lease, ...what }, signal);
}

/** Whatever the server says against a report: without its consent the task is not worked on. */
function withdrawAs(held: HeldTask, error: unknown): void {
  if (!(error instanceof Failure)) throw error;
  held.withdraw({ kind: error.code === 'call_aborted' ? 'leaving' : 'revoked', reason: error.message });
}

function settle(ports: CoursePorts, held: HeldTask, result: TaskResult, minutes: number): Promise<WorkerFact> {
  return held.limit === null ? report(ports, held, result, minutes) : park(ports, held, held.limit, result);
}

/** The task waits for its provider; what the run had done is on its branch, and named. */
async function park(ports: CoursePorts, held: HeldTask, limit: ProviderLimit, result: TaskResult): Promise<WorkerFact> {
  const { answer = '', conversation = '', branch, commit } = result;
  const input = { task_id: held.task.id, lease: held.lease, ...limit, checkpoint: { answer, conversation, branch, commit } };
  try {
    const { until } = await ports.session.call('work.park', input, ports.fate.closing);
    const { reason, message = '' } = limit;
    return reason === 'access' || reason === 'model'
      ? { kind: 'refused', ...held.label, reason, message }
      : { kind: 'parked', ...held.label, until };
  } catch (error) {
    withdrawAs(held, error);
    return lastOfWithdrawn(held);
  }
}

/** A report of usage; a budget that is used up ends the run. What the server refuses is not counted and harms nobody. */
async function reportUsage(ports: CoursePorts, held: HeldTask, usage: RunUsage): Promise<void> {
  const { cost_usd, estimated } = priceOf(usage, ports.prices);
  const { model, tokens_in, tokens_out, cache_read, cache_write, prices_tokens } = usage;
  const counts = { tokens_in, tokens_out, cache_read, cache_write, ...(prices_tokens === undefined ? {} : { prices_tokens }) };
  const about = { task_id: held.task.id, lease: held.lease, runner: ports.attempt.runner.name, model };
  try {
    const { stop } = await ports.session.call('usage.report', { ...about, ...counts, cost_usd, estimated }, ports.fate.closing);
    if (stop === null) return;
    const whose = stop.scope === 'swarm' ? 'the swarm' : `the ${stop.scope} ${stop.target}`;
    held.withdraw({ kind: 'revoked', reason: `the budget of ${whose} is used up` });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    ports.tell({ kind: 'warning', code: error.code, message: error.message });
  }
}

async function report(ports: CoursePorts, held: HeldTask, result: TaskResult, minutes: number): Promise<WorkerFact> {
  const { session, outbox, fate, tell } = ports;
  held.enter('reporting');
  const status = result.outcome === 'completed' ? 'completed' : 'failed';
  const entry: OutboxEntry = {
    swarm: ports.attempt.identity.swarm,
    session_id: session.id,
    ...held.label,
    command_id: ports.random.id(),
    status,
    duration_minutes: minutes,
    recorded_at: ports.attempt.clock.now(),
    result,
  };
  const delivery = {
    send: (completion: Parameters<typeof session.call<'work.complete'>>[1], signal: AbortSignal) =>
      session.call('work.complete', completion, signal),
    outbox,
    tell,
  };
  await keepResult(delivery, entry);
  tell({ kind: 'finished', ...held.label, result });
  const delivered = await deliver(delivery, entry, fate.closing);
  // A disk that was full may have room by now; put twice, it is there once.
  if (delivered.kind === 'waiting') await keepResult(delivery, entry);
  return lastOf(held, entry, delivered);
}

function lastOf({ label }: HeldTask, { status, result }: OutboxEntry, delivered: Delivered): WorkerFact {
  if (delivered.kind === 'waiting') return { kind: 'undelivered', ...label };
  if (delivered.kind === 'refused') return { kind: 'undeliverable', ...label, code: delivered.code, file: delivered.file };
  return { kind: status, ...label, result };
}

function lastOfWithdrawn(held: HeldTask): WorkerFact {
  const { withdrawal, label } = held;
  if (withdrawal?.kind === 'revoked') return { kind: 'revoked', ...label, reason: withdrawal.reason };
  return { kind: 'given_back', ...label };
}

async function close({ attempt, tell }: CoursePorts, held: HeldTask, workplace: Workplace): Promise<void> {
  const kept = await closeWorkplace(workplace);
  if (kept.ref !== null || kept.folder !== null) tell({ kind: 'kept', ...held.label, ...kept });
  await forgetRun(attempt.folders.runs, held.label).catch(() => undefined);
}
