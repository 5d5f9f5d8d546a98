/**
 * Owns one run of a hook: an event of an agent becomes what the team should know, within a time that nobody notices.
 * Invariant (fail open): whatever happens, the agent goes on; an event that is not understood, a server that is away and a
 * time that is over are silence and exit code 0.
 */
import { appendFileSync } from 'node:fs';
import type { OutputOf } from '../contract/operations.ts';
import { readAgentSession, removeAgentSession, type AgentSession, writeAgentSession } from '../config/agent-session.ts';
import { contextAnswer, type HookAnswer, type HookContext, SILENT } from './hook-context.ts';
import { type HookEvent, type HookMeaning, meaningOf, readHookEvent } from './hook-event.ts';
import { endsTask } from '../runners/transcript/usage-samples.ts';

/** Session ends share 1.5 s in Claude Code; nobody should wait for the others. */
const WITHIN_MS: Readonly<Record<HookMeaning, number>> = { start: 4000, busy: 2000, idle: 2000, attention: 2000, end: 1200 };
/** Every use of a tool is an event; the team need not hear of each. */
const HEARTBEAT_EVERY_MS = 20_000;

/** Runs the hook for the event in `text`. Never rejects. */
export async function runHook(context: HookContext, text: string): Promise<HookAnswer> {
  const event = readHookEvent(text);
  const meaning = event === null ? null : meaningOf(event);
  if (event === null || meaning === null || context.given !== null) return SILENT;
  const { promise: timeUp, resolve } = Promise.withResolvers<HookAnswer>();
  const timer = setTimeout(() => resolve(SILENT), WITHIN_MS[meaning]);
  try {
    return await Promise.race([HANDLERS[meaning](context, event, WITHIN_MS[meaning]), timeUp]);
  } catch {
    return SILENT;
  } finally {
    clearTimeout(timer);
  }
}

type Handler = (context: HookContext, event: HookEvent, timeoutMs: number) => Promise<HookAnswer>;

const HANDLERS: Readonly<Record<HookMeaning, Handler>> = {
  start: onStart,
  busy: (context, event, timeoutMs) => onReport(context, event, 'busy', timeoutMs),
  idle: (context, event, timeoutMs) => onReport(context, event, 'idle', timeoutMs),
  attention: onAttention,
  end: onEnd,
};

/** A new conversation is a session; one that goes on after it was compacted is the same. */
async function onStart(context: HookContext, event: HookEvent, timeoutMs: number): Promise<HookAnswer> {
  const { beginRecording } = await import('./record-usage.ts');
  await beginRecording(context, event, timeoutMs).catch(() => undefined);
  const known = readAgentSession(context.folder, context.keys);
  if (known?.conversation === event.session_id && event.source === 'compact') return SILENT;
  if (known !== null && known.conversation !== event.session_id) await leave(context, known, timeoutMs).catch(() => undefined);
  const session = await register(context, event, timeoutMs);
  // Commands of the agent speak for its session; it ends with the conversation.
  if (context.env_file !== null) appendFileSync(context.env_file, `export TUTTI_SESSION=${session.session_id}\n`);
  const client = await context.connect(session.credential);
  const { tasks, sessions } = await client.call('swarm.status', {}, { timeoutMs });
  const others = sessions.active - 1;
  const text =
    `You are the session ${session.session_id} of a team that Tutti coordinates (${others} other sessions, ${tasks.ready} tasks ready). ` +
    'Its tools are named tutti: request_work gives you a task with its context, update_task and complete_task report on it, ' +
    'ask_decision asks a person. Use them when the user wants you to work with the team.';
  return contextAnswer(event.hook_event_name, text);
}

async function register({ agent, ...context }: HookContext, event: HookEvent, timeoutMs: number): Promise<AgentSession> {
  const client = await context.connect(null);
  const { capabilities } = await context.configuration();
  const session_id = context.name ?? `${agent}-${event.session_id.replaceAll(/[^A-Za-z0-9]/g, '').slice(0, 12)}`;
  const { cwd } = event;
  const registered = await client.call(
    'session.register',
    {
      session_id,
      capabilities: [...capabilities],
      runner: agent,
      host: context.host,
      wants_work: false,
      ...(cwd === undefined ? {} : { user_context: { workspace_path: cwd } }),
    },
    { timeoutMs },
  );
  const { credential = '', incarnation } = registered;
  const session: AgentSession = {
    session_id,
    credential,
    incarnation,
    status: 'idle',
    seen_at: context.began,
    told_at: context.now(),
    conversation: event.session_id,
    keys: [...context.keys],
  };
  writeAgentSession(context.folder, session);
  return session;
}

/**
 * The server may have come after the agent: whoever is not registered yet is registered now. Hooks run beside each other,
 * so each notes what it saw before it tells it: an older one does not undo a later one, here or at the server.
 */
async function onReport(context: HookContext, event: HookEvent, status: 'busy' | 'idle', timeoutMs: number): Promise<HookAnswer> {
  const { told, answer } = await report(context, event, status, timeoutMs);
  const session = readAgentSession(context.folder, context.keys);
  // A prompt waits for its hooks; what it was answered with is told at the next event.
  const { tool_name: tool } = event;
  const isTold = status === 'idle' || (tool !== undefined && (told || endsTask(tool) !== null));
  if (session === null || !isTold) return answer;
  // Loaded when it is used: a prompt waits for its hooks.
  const { recordUsage } = await import('./record-usage.ts');
  const used_up = await recordUsage(context, event, session, timeoutMs);
  if (used_up === null || status === 'idle') return answer;
  return contextAnswer(event.hook_event_name, `Tutti: the budget of ${used_up} is used up. Stop here and say so.`);
}

interface Reported {
  /** The server was told. */
  readonly told: boolean;
  readonly answer: HookAnswer;
}

async function report(context: HookContext, event: HookEvent, status: 'busy' | 'idle', timeoutMs: number): Promise<Reported> {
  const { folder, keys, now, began } = context;
  const known = readAgentSession(folder, keys);
  const nothing: Reported = { told: false, answer: SILENT };
  if (known !== null && known.seen_at > began) return nothing;
  const isDue = known?.status !== status || now() - known.told_at >= HEARTBEAT_EVERY_MS;
  const session = known ?? (await register(context, event, timeoutMs));
  writeAgentSession(folder, { ...session, status, seen_at: began, told_at: isDue ? now() : session.told_at });
  if (!isDue) return nothing;
  try {
    const client = await context.connect(session.credential);
    const { session_id } = session;
    const tell = (what: 'busy' | 'idle'): Promise<OutputOf<'session.heartbeat'>> =>
      client.call('session.heartbeat', { session_id, status: what, wants_work: false }, { timeoutMs });
    const answer = await tell(status);
    const later = readAgentSession(folder, keys);
    if (later !== null && later.seen_at > began && later.status !== status) await tell(later.status);
    const news = newsOf(answer);
    return { told: true, answer: news === null || status === 'idle' ? SILENT : contextAnswer(event.hook_event_name, news) };
  } catch (error) {
    const later = readAgentSession(folder, keys);
    if (later !== null) writeAgentSession(folder, { ...later, told_at: 0 });
    throw error;
  }
}

/** What the model should know, or null. */
function newsOf({ unread_messages, new_assignment, probed }: OutputOf<'session.heartbeat'>): string | null {
  const news = [
    unread_messages === 0 ? null : `You have ${unread_messages} unread messages of the team: receive_messages hands them out.`,
    new_assignment === null ? null : `The task ${new_assignment.id} was given to you: request_work hands it out.`,
    probed.length === 0 ? null : `Report on ${probed.join(', ')} with update_task, or it is given to another session.`,
  ].filter((line) => line !== null);
  return news.length === 0 ? null : `Tutti: ${news.join(' ')}`;
}

/** A dialog waits in the agent's terminal: people learn of it in the inbox (F9). */
async function onAttention(context: HookContext, event: HookEvent, timeoutMs: number): Promise<HookAnswer> {
  const session = readAgentSession(context.folder, context.keys);
  const asks = event.notification_type === 'permission_prompt' || /permission|approv/i.test(event.message ?? '');
  if (session === null || !asks) return SILENT;
  const client = await context.connect(session.credential);
  const { session_id } = session;
  const question = `${event.message ?? 'The agent asks for leave.'} It asks in its own terminal, in ${event.cwd ?? 'an unknown folder'}.`;
  await client.call('decision.ask', { session_id, kind: 'question', question: question.slice(0, 2000), blocks: false }, { timeoutMs });
  return SILENT;
}

async function onEnd(context: HookContext, event: HookEvent, timeoutMs: number): Promise<HookAnswer> {
  const session = readAgentSession(context.folder, context.keys);
  if (session === null || session.conversation !== event.session_id) return SILENT;
  const { recordUsage } = await import('./record-usage.ts');
  await recordUsage(context, event, session, timeoutMs / 2).catch(() => undefined);
  await leave(context, session, timeoutMs);
  return SILENT;
}

async function leave(context: HookContext, session: AgentSession, timeoutMs: number): Promise<void> {
  removeAgentSession(context.folder, session);
  const client = await context.connect(session.credential);
  await client.call('session.deregister', { session_id: session.session_id }, { timeoutMs });
}
