/**
 * One attempt at a task: its folder, its run, its evidence, its merge.
 *
 *     folder made ─▶ run ─▶ work committed ─▶ lease confirmed ─▶ merged
 *          └─ failed  └─ failed   └─ failed           └─ withdrawn └─ conflict
 *
 * Invariant: it never throws; whatever breaks is in the result, with a code.
 */
import { join } from 'node:path';
import type { Environment } from '../config/environment.ts';
import { Failure, isRefusal, reasonOf } from '../contract/failure.ts';
import type { Clock } from '../contract/ports.ts';
import type { AgentBrief, Runner, RunnerEvent, RunUsage } from '../runners/runner.ts';
import type { HeldTask, ProviderLimit } from './held-task.ts';
import { mergeWork } from './merge-work.ts';
import type { OrphanGuard } from './orphan-guard.ts';
import { noteRun } from './run-record.ts';
import { taskEnvironment, type TaskIdentity } from './task-environment.ts';
import { failedResult, NOTHING_RUN, resultError, type TaskResult } from './task-result.ts';
import { readWorkSpec, type WorkSpec } from './work-spec.ts';
import type { WorkerFact } from './worker-event.ts';
import type { WorkerFolder } from './worker-folder.ts';
import { commitWork, openWorkplace, type Workplace } from './workplace.ts';

/** What every attempt of a worker works with. */
export interface AttemptPorts {
  readonly runner: Runner;
  readonly folders: WorkerFolder;
  readonly environment: Environment;
  readonly identity: TaskIdentity;
  readonly timeout_ms: number;
  readonly clock: Clock;
  readonly guard: OrphanGuard;
  readonly tell: (fact: WorkerFact) => void;
  /** Passes a report on to the server, thinned out. */
  readonly report: (progress: number, message: string) => void;
  /** What an agent is given beside its task; null for a runner of commands. */
  readonly brief: ((held: HeldTask) => Promise<AgentBrief>) | null;
  /** Reports what the run used. */
  readonly use: (usage: RunUsage) => void;
  /** Rejects when the lease is no longer held. */
  readonly confirmLease: () => Promise<void>;
}

/** What an attempt came to. The workplace is null when there is none to close. */
export interface AttemptOutcome {
  readonly result: TaskResult;
  readonly workplace: Workplace | null;
}

/** Of a provider's words, as many as are passed on. */
const LONGEST_WORDS = 500;

type Finished = Extract<RunnerEvent, { kind: 'finished' }>;

/** Makes the attempt. The task comes in the phase `preparing` and leaves in whichever it reached. */
export async function attemptTask(ports: AttemptPorts, held: HeldTask): Promise<AttemptOutcome> {
  const spec = readWorkSpec(held.task.spec);
  if (isRefusal(spec)) return { result: failedResult(NOTHING_RUN, resultError(spec.refused, spec.params)), workplace: null };
  if (spec.merge_from !== null) return { result: await mergeApproved(ports, held, spec), workplace: null };
  let workplace: Workplace;
  try {
    workplace = await openWorkplace(ports.folders, held, spec);
  } catch (error) {
    return { result: failed(NOTHING_RUN, error), workplace: null };
  }
  try {
    return { result: await workIn(ports, held, spec, workplace), workplace };
  } catch (error) {
    return { result: failed(NOTHING_RUN, error), workplace };
  }
}

/** Merges what a person approved: nothing is run, so that every worker can do it whatever its runner. */
async function mergeApproved({ tell, confirmLease }: AttemptPorts, held: HeldTask, spec: WorkSpec): Promise<TaskResult> {
  const { repository, merge_from, merge_into } = spec;
  if (repository === null || merge_from === null || merge_into === null) return NOTHING_RUN;
  held.enter('running');
  tell({ kind: 'started', ...held.label, folder: repository, branch: null });
  held.enter('settling');
  const merge = { held, repository, branch: merge_from, into: merge_into, message: held.task.title, confirmLease, tell };
  try {
    return await mergeWork(merge, { ...NOTHING_RUN, outcome: 'completed' });
  } catch (error) {
    return failed(NOTHING_RUN, error);
  }
}

async function workIn(ports: AttemptPorts, held: HeldTask, spec: WorkSpec, workplace: Workplace): Promise<TaskResult> {
  const { folder, worktree } = workplace;
  await note(ports, held, workplace, null);
  held.enter('running');
  held.heard_at = ports.clock.now();
  ports.tell({ kind: 'started', ...held.label, folder, branch: worktree?.branch ?? null });
  const finished = await runIn(ports, held, workplace);
  const result = { ...resultOf(finished), folder };
  if (held.withdrawal !== null) return result;
  held.enter('settling');
  if (worktree === null) return result;

  const base = { ...result, branch: worktree.branch, base_commit: worktree.base_commit };
  const { session_id } = ports.identity;
  const { id: task_id, attempt, title } = held.task;
  try {
    const work = await commitWork(worktree, title, { task_id, attempt, lease: held.lease, session_id });
    const { commit, changed_files, changed_count: changed_files_total, insertions, deletions } = work;
    const committed = { ...base, commit, changed_files, changed_files_total, insertions, deletions };
    const hasCommits = commit !== worktree.base_commit;
    if (result.outcome !== 'completed' || spec.merge_into === null || !hasCommits) return committed;
    const { confirmLease, tell } = ports;
    const { repository, base_commit } = worktree;
    const branch = work.on_branch ? worktree.branch : work.commit;
    const message = `Merge ${worktree.branch}: ${title}`;
    return await mergeWork({ held, repository, branch, into: spec.merge_into, message, base: base_commit, confirmLease, tell }, committed);
  } catch (error) {
    return base.error === undefined ? failed(base, error) : base;
  }
}

async function runIn(ports: AttemptPorts, held: HeldTask, workplace: Workplace): Promise<Finished> {
  const brief = ports.brief === null ? null : await ports.brief(held);
  const request = {
    ...(brief === null ? {} : { brief }),
    task_id: held.task.id,
    attempt: held.task.attempt,
    spec: held.task.spec,
    folder: workplace.folder,
    log_file: join(ports.folders.logs, `${held.name}.log`),
    environment: taskEnvironment(ports.environment, ports.identity, held, workplace.folder),
    timeout_ms: ports.timeout_ms,
  };
  let guarded: number | null = null;
  try {
    for await (const event of ports.runner.run(request, held.signal)) {
      if (event.kind === 'finished') {
        held.limit = limitOf(event);
        return event;
      }
      if (event.kind === 'started') {
        guarded = event.pid;
        if (guarded !== null) ports.guard.add(guarded);
        await note(ports, held, workplace, guarded);
      } else watch(ports, held, event);
    }
  } finally {
    if (guarded !== null) ports.guard.remove(guarded);
  }
  throw new Failure('internal', { reason: `the runner ${ports.runner.name} ended without a result` });
}

function watch(ports: AttemptPorts, held: HeldTask, event: RunnerEvent): void {
  held.heard_at = ports.clock.now();
  if (event.kind === 'output') {
    held.output_bytes += Buffer.byteLength(event.text);
    ports.tell({ kind: 'output', ...held.label, stream: event.stream, text: event.text });
    return;
  }
  if (event.kind === 'usage') ports.use(event.usage);
  if (event.kind !== 'progress') return;
  held.progress = event.progress;
  ports.tell({ kind: 'progress', ...held.label, progress: event.progress, message: event.message });
  ports.report(event.progress, event.message);
}

/** Without its note a run is not cleared up after a crash of the worker, and nothing else is lost. */
async function note(ports: AttemptPorts, held: HeldTask, workplace: Workplace, pid: number | null): Promise<void> {
  try {
    await noteRun(ports.folders.runs, held, workplace, pid);
  } catch (error) {
    const failure = new Failure('evidence_unwritable', { task_id: held.task.id, reason: reasonOf(error), path: ports.folders.runs });
    ports.tell({ kind: 'warning', code: failure.code, message: failure.message });
  }
}

function resultOf({ outcome, evidence, error }: Finished): TaskResult {
  const { survivors: _survivors, ...known } = evidence;
  const facts = { ...NOTHING_RUN, outcome, ...known };
  return error === null ? facts : { ...facts, error: resultError(error.code, error.params) };
}

function limitOf({ error }: Finished): ProviderLimit | null {
  if (error?.code === 'agent_refused') {
    const { refused, reason } = error.params;
    return { reason: refused === 'model' ? 'model' : 'access', reset_at: null, message: String(reason).slice(0, LONGEST_WORDS) };
  }
  if (error?.code !== 'agent_limited') return null;
  const { limit, reset_at } = error.params;
  const reason = limit === 'usage' || limit === 'overloaded' ? limit : 'rate';
  return { reason, reset_at: typeof reset_at === 'string' ? reset_at : null };
}

function failed(result: TaskResult, error: unknown): TaskResult {
  const failure = error instanceof Failure ? error : new Failure('internal', { reason: reasonOf(error) }, error);
  return failedResult(result, resultError(failure.code, failure.params));
}
