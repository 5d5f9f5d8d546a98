/**
 * What an agent is given beside its task (C2): a prompt composed of role, task, context and memory, and Tutti's own tools.
 * Invariant: what cannot be read is left out and never keeps the agent from working (E17).
 */
import type { TuttiClient } from '../client/client.ts';
import { Failure } from '../contract/failure.ts';
import type { TaskView } from '../contract/views/task-view.ts';
import type { AgentBrief, AgentServer, RunTool } from '../runners/runner.ts';
import type { HeldTask } from './held-task.ts';

/** Memory and results of dependencies that go into a prompt, in characters each. */
const LONGEST_PART = 4_000;
const PIECES_OF_KNOWLEDGE = 5;
/** Programs take no limit of 0. */
const LEAST_USD = 0.0001;
/** A server that is away must not keep an agent waiting. */
const PATIENCE_MS = 15_000;

/** Who the agent is. */
export interface AgentRole {
  readonly name: string;
  readonly instructions: string;
}

/** What briefs are made from. */
export interface BriefPorts {
  readonly client: TuttiClient;
  readonly session_id: string;
  readonly role: AgentRole | null;
  /** Puts a question for leave before a person. */
  readonly ask: NonNullable<AgentBrief['ask']>;
  /** Its servers: Tutti's own, as the session, and those that are chosen for it. */
  readonly servers: () => readonly AgentServer[];
  /** The same tools for a model that is spoken to directly. */
  readonly tools: () => readonly RunTool[];
  readonly price: NonNullable<AgentBrief['price']>;
}

/** Makes the brief of an attempt. Never rejects. */
export async function makeBrief(ports: BriefPorts, { task, lease }: HeldTask, signal: AbortSignal): Promise<AgentBrief> {
  const { role, servers, session_id } = ports;
  const parts = await Promise.all([dependencyPart(ports, task, signal), attemptPart(ports, task, signal), memoryPart(ports, task, signal)]);
  const cost = await costLimit(ports, task, signal);
  const form = answerSchemaOf(task);
  const head = `# Task ${task.id}: ${task.title}\n\n${specText(task)}`;
  const prompt = [head, ...parts].filter((part) => part !== '').join('\n\n');
  const duties =
    `You work on the task ${task.id} of a team that Tutti coordinates, as the session ${session_id} under lease ${lease}. Work in the ` +
    'current folder and commit nothing yourself: what you leave there is your work. When you are done, say in a few sentences what you did; ' +
    'the task is completed for you.';
  const instructions = role === null ? duties : `${role.instructions}\n\n${duties}`;
  const limit = cost === null ? {} : { cost_limit_usd: cost };
  const { ask, price } = ports;
  return {
    prompt,
    instructions,
    ask,
    price,
    tools: ports.tools(),
    ...limit,
    servers: servers(),
    ...(form === null ? {} : { answer_schema: form }),
  };
}

/** The form of the answer, when the spec names one. */
function answerSchemaOf({ spec }: TaskView): NonNullable<AgentBrief['answer_schema']> | null {
  const form = typeof spec === 'string' ? null : spec['answer_schema'];
  return typeof form === 'object' && form !== null && !Array.isArray(form) ? form : null;
}

function specText({ spec }: TaskView): string {
  if (typeof spec === 'string') return spec;
  const { prompt, ...rest } = spec;
  const asked = typeof prompt === 'string' ? prompt : '';
  const more = Object.fromEntries(
    Object.entries(rest).filter(([name]) => !['repository', 'base', 'merge_into', 'answer_schema'].includes(name)),
  );
  return [asked, Object.keys(more).length === 0 ? '' : JSON.stringify(more, null, 2)].filter((part) => part !== '').join('\n\n');
}

async function dependencyPart({ client }: BriefPorts, task: TaskView, signal: AbortSignal): Promise<string> {
  const results = await Promise.all(
    task.dependencies.slice(0, 20).map(async (task_id) => {
      const shown = await attempt(() => client.call('task.show', { task_id }, { signal, timeoutMs: PATIENCE_MS }));
      return shown === null || shown.task.result === null ? '' : `- ${task_id} (${shown.task.title}): ${cut(textOf(shown.task.result))}`;
    }),
  );
  const known = results.filter((line) => line !== '');
  return known.length === 0 ? '' : `## What it builds on\n\n${known.join('\n')}`;
}

async function attemptPart({ client }: BriefPorts, task: TaskView, signal: AbortSignal): Promise<string> {
  if (task.attempt < 2) return '';
  const shown = await attempt(() => client.call('task.show', { task_id: task.id }, { signal, timeoutMs: PATIENCE_MS }));
  const ends = (shown?.history ?? []).filter((entry) => ['failed', 'parked', 'released'].includes(entry.action));
  const lines = ends.map((entry) => `- ${entry.action}: ${cut(textOf(entry.result ?? entry.details ?? ''))}`);
  return lines.length === 0 ? '' : `## What earlier attempts left\n\n${lines.join('\n')}`;
}

async function memoryPart({ client }: BriefPorts, task: TaskView, signal: AbortSignal): Promise<string> {
  const query = task.title.slice(0, 200);
  const found = await attempt(() =>
    client.call('knowledge.search', { query, limit: PIECES_OF_KNOWLEDGE }, { signal, timeoutMs: PATIENCE_MS }),
  );
  const lines = (found?.results ?? []).map((hit) => `- ${hit.topic}: ${cut(hit.snippet)}`);
  return lines.length === 0 ? '' : `## What is known\n\n${lines.join('\n')}`;
}

/** What the task, the session and the swarm may still cost; the least of them, and null when nothing limits it. */
async function costLimit({ client, session_id }: BriefPorts, task: TaskView, signal: AbortSignal): Promise<number | null> {
  const scopes = [{ task_id: task.id }, { session_id }, {}];
  const left = await Promise.all(
    scopes.map(async (scope) => {
      const shown = await attempt(() => client.call('usage.show', scope, { signal, timeoutMs: PATIENCE_MS }));
      const limit = shown?.budget?.cost_usd ?? null;
      return limit === null ? null : Math.max(LEAST_USD, limit - (shown?.usage.cost_usd ?? 0));
    }),
  );
  const limits = left.filter((each) => each !== null);
  return limits.length === 0 ? null : Math.min(...limits);
}

async function attempt<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Failure) return null;
    throw error;
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function cut(text: string): string {
  return text.length > LONGEST_PART ? `${text.slice(0, LONGEST_PART)}…` : text;
}
