/**
 * Waits beside an idle agent until the team has something for it, then says what: the hook that runs this in the
 * background wakes the agent with it. Invariants: one waiter per agent, the newest; it ends when its agent's session does;
 * nobody is woken before it has its tools, nor twice for the same thing: an agent that leaves it would be woken for ever.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AgentSession, readAgentSession } from '../config/agent-session.ts';
import { hasTools, TOOLS_WITHIN_MS } from '../config/agent-tools.ts';
import type { LiveClient } from '../client/live-client.ts';
import { followNews, type SessionNews } from '../client/session-news.ts';
import { type HookAnswer, type HookContext, SILENT } from './hook-context.ts';

const LOOK_EVERY_MS = 2000;
const HEARTBEAT_EVERY_MS = 45_000;
const TOOLS_EVERY_MS = 250;
/** What it was woken for that is remembered. */
const TOLD_KEPT = 50;
/** The exit code by which a hook in the background wakes its agent. */
const WAKES = 2;

/** Waits; resolves with words for the agent and the exit code that wakes it, or with silence at the end. Never rejects. */
export async function waitForNews(context: HookContext, takesWork: boolean): Promise<HookAnswer> {
  const session = context.given === null ? await sessionOf(context) : null;
  if (session === null) return SILENT;
  const turn = takeTurn(context, session);
  try {
    const isGone = (): boolean => readAgentSession(context.folder, context.keys)?.incarnation !== session.incarnation || !turn.isOurs();
    if (!(await untilTools(context, isGone))) return SILENT;
    const live = await context.connectLive(session.credential);
    try {
      const news = await firstNews({ context, session, live, takesWork, isGone });
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

/** The session that the hook beside this one registers; on a busy machine that takes its time. */
async function sessionOf({ folder, keys }: HookContext): Promise<AgentSession | null> {
  for (let looks = 0; looks < 40; looks += 1) {
    const session = readAgentSession(folder, keys);
    if (session !== null) return session;
    await pause(500);
  }
  return null;
}

/** Waits for the tools of the agent, but not for ever; false when its session or our turn has ended. */
async function untilTools({ folder, keys, now }: HookContext, isGone: () => boolean): Promise<boolean> {
  const end = now() + TOOLS_WITHIN_MS;
  while (!isGone()) {
    if (hasTools(folder, keys) || now() >= end) return true;
    await pause(TOOLS_EVERY_MS);
  }
  return false;
}

interface Waiting {
  readonly context: HookContext;
  readonly session: AgentSession;
  readonly live: LiveClient;
  readonly takesWork: boolean;
  /** Its session or our turn has ended. */
  readonly isGone: () => boolean;
}

/** The first thing that concerns the session, or null when its waiter or its session has ended. */
async function firstNews({ context, session, live, takesWork, isGone }: Waiting): Promise<string | null> {
  const { session_id } = session;
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const tellOnce = (news: SessionNews): void => {
    if (notesFirst(context, session, news)) resolve(news.text);
  };
  const stop = followNews(live, { session_id, takesWork, onNews: tellOnce });
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

/** Notes that the agent is woken for this; false when it was before. */
function notesFirst(
  { folder }: HookContext,
  { incarnation, keys: [key = 'none'] }: AgentSession,
  { kind, id, number }: SessionNews,
): boolean {
  const file = join(folder, `${key}.told`);
  const mark = `${incarnation} ${kind} ${id} ${number}`;
  const told = linesOf(file);
  if (told.includes(mark)) return false;
  writeFileSync(file, [...told.slice(1 - TOLD_KEPT), mark].join('\n'), { mode: 0o600 });
  return true;
}

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
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
