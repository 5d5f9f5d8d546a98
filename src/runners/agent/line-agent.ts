/**
 * One run of an agent program that is asked on its input and answers in JSON lines on its output.
 * Invariant: the prompt never stands among the arguments, which every process of the machine can read.
 */
import { type Dialogue, type FinishedEvent, type ProcessRun, runProcess } from '../process/process-run.ts';
import type { RunningProcess } from '../process/start-process.ts';
import type { RunnerEvent } from '../runner.ts';
import { type AgentRunnerOptions, programLabel } from './agent-options.ts';
import { agentEnding, agentEvidence, type AgentRecord, createAgentRecord, endlessWait } from './agent-record.ts';
import { limitIn } from './limit-words.ts';
import type { LooseObject } from '../../contract/loose-json.ts';
import { jsonIn } from './spoken-prompt.ts';
import { takeLines } from './take-lines.ts';
import { createRunUsage } from '../transcript/run-usage.ts';

/** How a program is asked and understood. */
export interface LineAgent {
  readonly options: AgentRunnerOptions;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** What is written to its input. */
  readonly prompt: string;
  /** Words that a person recognises the command by. */
  readonly label: readonly string[];
  /** The events that a line amounts to; the record is brought up to date. */
  readonly read: (line: LooseObject, record: AgentRecord) => readonly RunnerEvent[];
}

/** When a line was logged is no time of reset. */
const STAMP = /\btimestamp=\S+/g;
/** Characters of the error output that are searched for a limit. */
const SEARCHED = 16_384;
/** Words of the error output with which a program tells, while it goes on trying, that its provider refuses. */
const REFUSED = /(?:status|code|error)\W{0,4}(?:429|529)\b|AI_\w{1,40}Error: [^\n]{0,500}(?:limit|quota|overloaded|too many requests)/i;

/** Runs it to its end. */
export function runLineAgent(run: ProcessRun, agent: LineAgent): Promise<FinishedEvent> {
  const { program, environment } = agent.options;
  return runProcess(run, {
    run: [...program, ...agent.args],
    env: { ...agent.environment, ...environment },
    takesInput: true,
    label: programLabel(program, agent.label),
    talk: (process) => listenTo(process, run, { ...agent, environment: { ...agent.environment, ...environment } }),
  });
}

function listenTo(process: RunningProcess, { channel, request, stop }: ProcessRun, { read, prompt, environment }: LineAgent): Dialogue {
  const record = createAgentRecord();
  const used = createRunUsage({
    environment: { ...request.environment, ...environment },
    conversation: () => record.conversation,
    resumed: request.brief?.resume,
  });
  const stopFollowing = used.follow((event) => channel.send(event, 1_000));
  let complaints = '';
  process.stdin?.end(prompt);
  const stopWaiting = (): void => {
    const wait = endlessWait(request, record, Date.now());
    if (wait !== null) stop.request(wait);
  };
  const complain = async (text: string): Promise<void> => {
    complaints = (complaints + text.replace(STAMP, '')).slice(-SEARCHED);
    if (record.limited === null && REFUSED.test(complaints)) {
      record.limited = limitIn(complaints, Date.now());
      if (record.limited !== null) await channel.send({ kind: 'limited', ...record.limited, message: text.slice(0, 500) }, 500);
    }
    stopWaiting();
  };
  const heed = async (line: LooseObject): Promise<void> => {
    const events = read(line, record);
    const told = events.flatMap((event) => (event.kind === 'usage' ? [event.usage] : []));
    for (const event of events) if (event.kind !== 'usage') await channel.send(event, 1_000);
    if (told.length > 0) for (const event of await used.told(told)) await channel.send(event, 1_000);
    stopWaiting();
  };
  const take = takeLines(channel, heed);
  return {
    async take(stream, text, isLast) {
      await take(stream, text, isLast);
      if (stream === 'stderr') await complain(text);
      else if (isLast) {
        stopFollowing();
        for (const event of await used.look()) await channel.send(event, 1_000);
      }
    },
    ending(facts) {
      const failed = facts.exit_code !== 0 && !record.ended;
      if (failed && record.limited === null) record.limited = limitIn(`${record.problem ?? ''}\n${complaints}`, Date.now());
      return agentEnding(request, record, facts);
    },
    evidence() {
      if (request.brief?.answer_schema !== undefined) record.structured ??= jsonIn(record.answer);
      return agentEvidence(record);
    },
  };
}
