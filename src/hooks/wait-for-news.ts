/**
 * Waits beside an idle agent until the team has something for it, then says what: the hook that runs this in the
 * background wakes the agent with it. Invariants: one waiter per agent, the newest; it ends when its agent's session does.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AgentSession, readAgentSession } from '../config/agent-session.ts';
import type { LiveClient } from '../client/live-client.ts';
import { followNews } from '../client/session-news.ts';
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
  const stop = followNews(live, { session_id, takesWork, onNews: ({ text }) => resolve(text) });
  const look = setInterval(() => isGone() && resolve(null), LOOK_EVERY_MS);
  const beat = setInterval(() => {
    const status = readAgentSession(context.folder, context.keys)?.status ?? 'idle';
    live.call('session.heartbeat', { session_id, status, wants_work: false }).catch(() => undefined);
  }, HEARTBEAT_EVERY_MS);
  try {
    return await promise;
  } finally {
    stop();
    clearInterval(look);
    clearInterval(beat);
  }
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
