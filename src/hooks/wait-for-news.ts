/**
 * Waits beside an idle agent until the team has something for it, then says what: the hook that runs this in the
 * background wakes the agent with it. Invariants: one waiter per agent, the newest; it ends when its agent's session does.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AgentSession, readAgentSession } from '../config/agent-session.ts';
import type { LiveClient } from '../client/live-client.ts';
import type { EventView } from '../contract/views/event-view.ts';
import { type HookAnswer, type HookContext, SILENT } from './hook-context.ts';

const LOOK_EVERY_MS = 2000;
const HEARTBEAT_EVERY_MS = 45_000;
/** The exit code by which a hook in the background wakes its agent. */
const WAKES = 2;

/** Waits; resolves with words for the agent and the exit code that wakes it, or with silence at the end. Never rejects. */
export async function waitForNews(context: HookContext, takesWork: boolean): Promise<HookAnswer> {
  const session = context.given === null ? await sessionOf(context) : null;
  if (session === null) return SILENT;
  const turn = takeTurn(context, session);
  try {
    const live = await context.connectLive(session.credential);
    try {
      const news = await firstNews({ context, session, live, takesWork, isOurTurn: turn.isOurs });
      return news === null ? SILENT : { stdout: '', stderr: `${news}\n`, code: WAKES };
    } finally {
      live.close();
    }
  } catch {
    return SILENT;
  } finally {
    turn.end();
  }
}

/** The session that the hook beside this one registers. */
async function sessionOf({ folder, keys }: HookContext): Promise<AgentSession | null> {
  for (let looks = 0; looks < 10; looks += 1) {
    const session = readAgentSession(folder, keys);
    if (session !== null) return session;
    await pause(500);
  }
  return null;
}

interface Waiting {
  readonly context: HookContext;
  readonly session: AgentSession;
  readonly live: LiveClient;
  readonly takesWork: boolean;
  readonly isOurTurn: () => boolean;
}

/** The first thing that concerns the session, or null when its waiter or its session has ended. */
async function firstNews({ context, session, live, takesWork, isOurTurn }: Waiting): Promise<string | null> {
  const { session_id } = session;
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const isGone = (): boolean => readAgentSession(context.folder, context.keys)?.incarnation !== session.incarnation || !isOurTurn();
  const topics = [`message:${session_id}`, `work:${session_id}`, `session:${session_id}`] as const;
  live.subscribe({
    topics: [...topics],
    onEvents: (events) => {
      for (const event of events) {
        const news = newsOf(event, session_id);
        if (news !== null) resolve(news);
      }
    },
    onReset: () => undefined,
  });
  if (takesWork)
    live.wantWork(session_id, ({ task }) => {
      if (task !== null) resolve(taskNews(task.id, task.title));
    });
  const { messages } = await live.call('message.list', { mailbox: session_id, unread: true, limit: 1 });
  if (messages.length > 0) resolve('Tutti: you have unread messages of the team. receive_messages hands them out.');
  const look = setInterval(() => isGone() && resolve(null), LOOK_EVERY_MS);
  const beat = setInterval(() => {
    const status = readAgentSession(context.folder, context.keys)?.status ?? 'idle';
    live.call('session.heartbeat', { session_id, status, wants_work: false }).catch(() => undefined);
  }, HEARTBEAT_EVERY_MS);
  try {
    return await promise;
  } finally {
    clearInterval(look);
    clearInterval(beat);
  }
}

function newsOf({ type, data }: EventView, session_id: string): string | null {
  if (type === 'message_sent' && data['from'] !== session_id)
    return 'Tutti: the team wrote to you. receive_messages hands it out; act on it.';
  if (type === 'task_assigned' && data['session_id'] === session_id && data['started'] === false)
    return taskNews(String(data['task_id']), null);
  if (type === 'decision_answered' && data['session_id'] === session_id)
    return `Tutti: ${String(data['decision_id'])} was answered: "${String(data['answer']).slice(0, 500)}". Go on with it.`;
  return null;
}

function taskNews(id: string, title: string | null): string {
  const what = title === null ? '' : ` (${title.slice(0, 200)})`;
  return `Tutti: the task ${id}${what} was given to you. request_work hands it out with its context; do it, then complete_task.`;
}

/** The newest waiter of an agent waits; an older one sees that and ends. */
function takeTurn(
  { folder }: HookContext,
  { keys: [key = 'none'] }: AgentSession,
): { readonly isOurs: () => boolean; readonly end: () => void } {
  const file = join(folder, `${key}.waiter`);
  const own = String(process.pid);
  writeFileSync(file, own, { mode: 0o600 });
  const isOurs = (): boolean => {
    try {
      return readFileSync(file, 'utf8') === own;
    } catch {
      return false;
    }
  };
  return { isOurs, end: () => isOurs() && rmSync(file, { force: true }) };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
