/**
 * One run of a script, from its spec to its evidence:
 *
 *     refused ◀─ prepared ─▶ running ─▶ ended by itself ─┐
 *                               └────▶ stopped ──────────┴▶ tree ended ─▶ output drained ─▶ finished
 *
 * Stopped means timed out, cancelled, or its log could not be written. Invariant: whatever happens after the start,
 * the whole process tree is ended before the evidence is made.
 */
import { stat } from 'node:fs/promises';
import { isRefusal, reasonOf, refuse, type Refusal } from '../../contract/failure.ts';
import type { RunEvidence, RunnerEvent, RunRequest } from '../runner.ts';
import { endOfRun, type RunFacts } from './end-of-run.ts';
import type { EventChannel } from './event-channel.ts';
import { openOutputLog, type OutputLog } from './output-log.ts';
import { pumpOutput } from './output-pump.ts';
import { plainText } from './plain-text.ts';
import { systemProcesses } from './process-table.ts';
import { endTree } from './process-tree.ts';
import type { RunStop, StopReason } from './run-stop.ts';
import { startScript, type ScriptExit, type ScriptProcess } from './script-process.ts';
import { commandLabel, readScriptSpec, type ScriptSpec } from './script-spec.ts';

/** setTimeout takes no more. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;
/** After the last process the rest of the output is at most two full pipes; it is read within this time. */
const DRAIN_MS = 2_000;
const DRAIN_CAPACITY = 4 * 1024 * 1024;
const LONGEST_LABEL = 1_000;

type FinishedEvent = Extract<RunnerEvent, { kind: 'finished' }>;

/** What one run works with. */
export interface ScriptRun {
  readonly request: RunRequest;
  readonly stop: RunStop;
  readonly channel: EventChannel<RunnerEvent>;
  readonly grace_ms: number;
}

interface RunResult {
  readonly end: StopReason;
  readonly facts: RunFacts;
}

const NOTHING_RAN: RunFacts = { exit_code: null, signal: null, duration_ms: 0 };

/** Runs the script and resolves to its last event; sends all others into the channel. */
export async function executeScript(run: ScriptRun): Promise<FinishedEvent> {
  const { request } = run;
  const spec = readScriptSpec(request.task_id, request.spec);
  if (isRefusal(spec)) return notStarted(request, spec);
  const command = plainText(commandLabel(spec.run).slice(0, 4 * LONGEST_LABEL)).slice(0, LONGEST_LABEL);
  const log = await openOutputLog(request.log_file).catch(reasonOf);
  if (typeof log === 'string') return notStarted(request, unwritable(request, log), command);

  const result = await runLogged(run, spec, log);
  const problem = await log.close();
  const ownEnd = result.end.outcome === 'completed' || result.end.outcome === 'failed';
  const end: StopReason = problem !== null && ownEnd ? { outcome: 'failed', refusal: unwritable(request, problem) } : result.end;
  return finished(end, { ...result.facts, command, log_file: request.log_file, output_bytes: log.bytes(), tail: log.tail() });
}

/** The last event of a run whose command never started. */
export function notStarted(request: RunRequest, refusal: Refusal, command = ''): FinishedEvent {
  const nothing = { ...NOTHING_RAN, command, log_file: request.log_file, output_bytes: 0, tail: '' };
  return finished({ outcome: 'failed', refusal }, nothing);
}

async function runLogged(run: ScriptRun, spec: ScriptSpec, log: OutputLog): Promise<RunResult> {
  const { request, stop } = run;
  const early = stop.reason();
  if (early !== null) return { end: early, facts: NOTHING_RAN };
  const processes = systemProcesses();
  let script: ScriptProcess;
  try {
    await checkFolder(request.folder);
    script = await startScript(request, spec, processes);
  } catch (error) {
    const refusal = refuse('script_not_started', { task_id: request.task_id, reason: startProblem(error, spec) });
    return { end: { outcome: 'failed', refusal }, facts: NOTHING_RAN };
  }
  try {
    return await supervise(run, script, log, limitTime(run, spec));
  } catch (error) {
    processes.signal(-script.pid, 'SIGKILL');
    return { end: { outcome: 'failed', refusal: refuse('internal', { reason: reasonOf(error) }) }, facts: NOTHING_RAN };
  }
}

async function supervise(run: ScriptRun, script: ScriptProcess, log: OutputLog, timer: NodeJS.Timeout): Promise<RunResult> {
  const pumps = forwardOutput(run, script, log);
  const stopped = await Promise.race([script.exited.then(() => null), run.stop.requested]);
  clearTimeout(timer);
  run.channel.resize(DRAIN_CAPACITY);
  const survivors = await endTree(script.root, run.grace_ms, systemProcesses());
  const exit: ScriptExit = survivors.includes(script.pid) ? NOTHING_RAN : await script.exited;
  await drain(script, pumps);
  const facts = survivors.length === 0 ? exit : { ...exit, survivors };
  return { end: stopped ?? endOfRun(run.request, facts), facts };
}

function limitTime(run: ScriptRun, spec: ScriptSpec): NodeJS.Timeout {
  const limit_ms = Math.min(run.request.timeout_ms, (spec.timeout_seconds ?? Number.POSITIVE_INFINITY) * 1_000, LONGEST_TIMEOUT_MS);
  const what = `The end of the command of task ${run.request.task_id}`;
  const refusal = refuse('timed_out', { what, seconds: limit_ms / 1_000 });
  return setTimeout(() => run.stop.request({ outcome: 'timed_out', refusal }), limit_ms);
}

async function forwardOutput(run: ScriptRun, script: ScriptProcess, log: OutputLog): Promise<void> {
  const { channel, stop, request } = run;
  await channel.send({ kind: 'started', pid: script.pid }, 0);
  const onUnwritable = (reason: string): void => stop.request({ outcome: 'failed', refusal: unwritable(request, reason) });
  const sink = { log, channel, onUnwritable };
  await Promise.all([pumpOutput('stdout', script.stdout, sink), pumpOutput('stderr', script.stderr, sink)]);
}

/** Reads what is left in the pipes. A process nobody could find may hold them open for ever, so this has an end. */
async function drain(script: ScriptProcess, pumps: Promise<void>): Promise<void> {
  const close = setTimeout(() => {
    script.stdout.destroy();
    script.stderr.destroy();
  }, DRAIN_MS);
  await pumps;
  clearTimeout(close);
}

function unwritable(request: RunRequest, reason: string): Refusal {
  return refuse('evidence_unwritable', { task_id: request.task_id, reason, path: request.log_file });
}

/** A missing working folder and a missing command give the same system error, so the folder is looked at first. */
async function checkFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory() !== true) throw new TypeError(`the folder ${folder} does not exist`);
}

function startProblem(error: unknown, spec: ScriptSpec): string {
  const file = typeof spec.run === 'string' ? '/bin/sh' : spec.run[0];
  const isOurs = error instanceof Error && 'path' in error && error.path === file;
  const code = isOurs && 'code' in error ? error.code : null;
  if (code === 'ENOENT') return `the command ${file} was not found`;
  if (code === 'EACCES') return `the command ${file} may not be executed`;
  return reasonOf(error);
}

function finished(end: StopReason, evidence: RunEvidence): FinishedEvent {
  const error = end.refusal === null ? null : { code: end.refusal.refused, params: end.refusal.params };
  return { kind: 'finished', outcome: end.outcome, evidence, error };
}
