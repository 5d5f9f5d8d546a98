/**
 * One run of a process, from its command to its evidence:
 *
 *     refused ◀─ prepared ─▶ running ─▶ ended by itself ─┐
 *                               └────▶ stopped ──────────┴▶ tree ended ─▶ output drained ─▶ finished
 *
 * Stopped means timed out, cancelled, done with (an agent that waits for more), or its log could not be written.
 * Invariant: whatever happens after the start, the whole process tree is ended before the evidence is made.
 */
import { stat } from 'node:fs/promises';
import { reasonOf, refuse, type Refusal } from '../../contract/failure.ts';
import type { RunEvidence, RunnerEvent, RunRequest } from '../runner.ts';
import type { EventChannel } from './event-channel.ts';
import { openOutputLog, type OutputLog } from './output-log.ts';
import { pumpOutput } from './output-pump.ts';
import { plainText } from './plain-text.ts';
import { systemProcesses } from './process-table.ts';
import { endTree } from './process-tree.ts';
import type { RunStop, StopReason } from './run-stop.ts';
import { type ProcessCommand, type ProcessExit, type RunningProcess, startProcess } from './start-process.ts';

/** setTimeout takes no more. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;
/** After the last process the rest of the output is at most two full pipes; it is read within this time. */
const DRAIN_MS = 5_000;
const DRAIN_CAPACITY = 4 * 1024 * 1024;
const LONGEST_LABEL = 1_000;

/** The last event of a run. */
export type FinishedEvent = Extract<RunnerEvent, { kind: 'finished' }>;

/** What is known of the processes of a run once all that could be ended are. */
export type RunFacts = Pick<RunEvidence, 'exit_code' | 'signal' | 'duration_ms' | 'survivors'>;

/** What one run works with. */
export interface ProcessRun {
  readonly request: RunRequest;
  readonly stop: RunStop;
  readonly channel: EventChannel<RunnerEvent>;
  /** Time between SIGTERM and SIGKILL, in milliseconds. */
  readonly grace_ms: number;
}

/** What talks with a process that runs. */
export interface Dialogue {
  /** Takes text of its output as it comes; called once more for each stream at its end, when `isLast`. */
  readonly take: (stream: 'stdout' | 'stderr', text: string, isLast: boolean) => Promise<void>;
  /** How a run that ended by itself has ended. */
  readonly ending: (facts: RunFacts) => StopReason;
  /** What the dialogue adds to the evidence. */
  readonly evidence?: () => Partial<RunEvidence>;
}

/** What is run, and how one talks with it. */
export interface ProcessPlan extends ProcessCommand {
  /** One line that a person can read. */
  readonly label: string;
  /** Own limit of the run in ms; it can only shorten the request's. */
  readonly limit_ms?: number | undefined;
  readonly talk: (process: RunningProcess) => Dialogue;
}

interface RunResult {
  readonly end: StopReason;
  readonly facts: RunFacts;
  readonly more?: Partial<RunEvidence>;
}

const NOTHING_RAN: RunFacts = { exit_code: null, signal: null, duration_ms: 0 };

/** Runs the process and resolves to its last event; sends all others into the channel. */
export async function runProcess(run: ProcessRun, plan: ProcessPlan): Promise<FinishedEvent> {
  const { request } = run;
  const command = plainText(plan.label.slice(0, 4 * LONGEST_LABEL)).slice(0, LONGEST_LABEL);
  const log = await openOutputLog(request.log_file).catch(reasonOf);
  if (typeof log === 'string') return notStarted(request, unwritable(request, log), command);

  const result = await runLogged(run, plan, log);
  const problem = await log.close();
  const ownEnd = result.end.outcome === 'completed' || result.end.outcome === 'failed';
  const end: StopReason = problem !== null && ownEnd ? { outcome: 'failed', refusal: unwritable(request, problem) } : result.end;
  const about = { command, log_file: request.log_file, output_bytes: log.bytes(), tail: log.tail() };
  return finishedEvent(end, { ...result.facts, ...about, ...result.more });
}

/** The last event of a run whose command never started. */
export function notStarted(request: RunRequest, refusal: Refusal, command = ''): FinishedEvent {
  const nothing = { ...NOTHING_RAN, command, log_file: request.log_file, output_bytes: 0, tail: '' };
  return finishedEvent({ outcome: 'failed', refusal }, nothing);
}

/** The last event, from how a run ended and its evidence. */
export function finishedEvent(end: StopReason, evidence: RunEvidence): FinishedEvent {
  const error = end.refusal === null ? null : { code: end.refusal.refused, params: end.refusal.params };
  return { kind: 'finished', outcome: end.outcome, evidence, error };
}

async function runLogged(run: ProcessRun, plan: ProcessPlan, log: OutputLog): Promise<RunResult> {
  const { request, stop } = run;
  const early = stop.reason();
  if (early !== null) return { end: early, facts: NOTHING_RAN };
  const processes = systemProcesses();
  let started: RunningProcess;
  try {
    await checkFolder(request.folder);
    started = await startProcess(request, plan, processes);
  } catch (error) {
    const refusal = refuse('script_not_started', { task_id: request.task_id, reason: startProblem(error, plan) });
    return { end: { outcome: 'failed', refusal }, facts: NOTHING_RAN };
  }
  try {
    return await supervise(run, { started, log, talk: plan.talk }, limitTime(run, plan));
  } catch (error) {
    processes.signal(-started.pid, 'SIGKILL');
    return { end: { outcome: 'failed', refusal: refuse('internal', { reason: reasonOf(error) }) }, facts: NOTHING_RAN };
  }
}

interface Supervised {
  readonly started: RunningProcess;
  readonly log: OutputLog;
  readonly talk: ProcessPlan['talk'];
}

async function supervise(run: ProcessRun, { started, log, talk }: Supervised, timer: NodeJS.Timeout): Promise<RunResult> {
  await run.channel.send({ kind: 'started', pid: started.pid }, 0);
  const dialogue = talk(started);
  const pumps = forwardOutput(run, started, log, dialogue);
  const stopped = await Promise.race([started.exited.then(() => null), run.stop.requested]);
  clearTimeout(timer);
  run.channel.resize(DRAIN_CAPACITY);
  const survivors = await endTree(started.root, run.grace_ms, systemProcesses());
  const exit: ProcessExit = survivors.includes(started.pid) ? NOTHING_RAN : await started.exited;
  await drain(started, pumps);
  const facts = survivors.length === 0 ? exit : { ...exit, survivors };
  return { end: stopped ?? dialogue.ending(facts), facts, ...(dialogue.evidence === undefined ? {} : { more: dialogue.evidence() }) };
}

function limitTime(run: ProcessRun, plan: ProcessPlan): NodeJS.Timeout {
  const limit_ms = Math.min(run.request.timeout_ms, plan.limit_ms ?? Number.POSITIVE_INFINITY, LONGEST_TIMEOUT_MS);
  const what = `The end of the command of task ${run.request.task_id}`;
  const refusal = refuse('timed_out', { what, seconds: limit_ms / 1_000 });
  return setTimeout(() => run.stop.request({ outcome: 'timed_out', refusal }), limit_ms);
}

async function forwardOutput(run: ProcessRun, started: RunningProcess, log: OutputLog, dialogue: Dialogue): Promise<void> {
  const onUnwritable = (reason: string): void => run.stop.request({ outcome: 'failed', refusal: unwritable(run.request, reason) });
  const forward = (stream: 'stdout' | 'stderr'): Promise<void> =>
    pumpOutput(started[stream], { log, onUnwritable, take: (text, isLast) => dialogue.take(stream, text, isLast) });
  await Promise.all([forward('stdout'), forward('stderr')]);
}

/** Reads what is left in the pipes. A process nobody could find may hold them open for ever, so this has an end. */
async function drain(started: RunningProcess, pumps: Promise<void>): Promise<void> {
  const close = setTimeout(() => {
    started.stdout.destroy();
    started.stderr.destroy();
  }, DRAIN_MS);
  await pumps;
  clearTimeout(close);
  started.stdin?.destroy();
}

function unwritable(request: RunRequest, reason: string): Refusal {
  return refuse('evidence_unwritable', { task_id: request.task_id, reason, path: request.log_file });
}

/** A missing working folder and a missing command give the same system error, so the folder is looked at first. */
async function checkFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory() !== true) throw new TypeError(`the folder ${folder} does not exist`);
}

function startProblem(error: unknown, { run }: ProcessPlan): string {
  const file = typeof run === 'string' ? '/bin/sh' : run[0];
  const isOurs = error instanceof Error && 'path' in error && error.path === file;
  const code = isOurs && 'code' in error ? error.code : null;
  if (code === 'ENOENT') return `the command ${file} was not found`;
  if (code === 'EACCES') return `the command ${file} may not be executed`;
  return reasonOf(error);
}
