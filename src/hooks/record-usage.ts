/**
 * Records what an agent at its own terminal used, as the runs of workers record it: from its transcript, what is new at each
 * event. What was used before one of our tools was told a task was used for that task.
 * Invariant: nothing is counted twice, nor what was used before the conversation joined the team.
 */
import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { AgentSession } from '../config/agent-session.ts';
import { Failure } from '../contract/failure.ts';
import { priceOf } from '../runners/price-table.ts';
import { beginUsage, endOfTranscript, readUsage, type UsageCursor } from '../runners/transcript/usage-tail.ts';
import type { HookContext } from './hook-context.ts';
import type { HookEvent } from './hook-event.ts';
import { alone, forgetOldNotes, type PendingUsage, readNotes, usageFile, type UsageNotes, writeNotes } from './usage-notes.ts';

/** Transcripts of a conversation: its own and those of its subagents. */
const TRANSCRIPTS = 50;
const PENDING = 200;
/** Notes where the transcript of a conversation ends that joins now. Throws what the system throws. */
export async function beginRecording({ folder, began, now }: HookContext, event: HookEvent, patienceMs: number): Promise<void> {
  forgetOldNotes(folder, now());
  const file = usageFile(folder, event.session_id);
  await alone(file, patienceMs, async () => {
    if (readNotes(file) === null) writeNotes(file, await freshNotes(event, began));
  });
}

/** Tells the server what is new; resolves with whose budget is used up by it, or null. Rejects with a Failure. */
export async function recordUsage(
  context: HookContext,
  event: HookEvent,
  session: AgentSession,
  timeoutMs: number,
): Promise<string | null> {
  if (transcriptsOf(event).length === 0) return null;
  const file = usageFile(context.folder, event.session_id);
  return alone(file, timeoutMs, async () => {
    const known = readNotes(file) ?? (await freshNotes(event, context.began));
    const read = await readOn(known, event);
    writeNotes(file, read);
    return tellAll(context, { session, file, timeoutMs, notes: read });
  });
}

async function freshNotes(event: HookEvent, since: number): Promise<UsageNotes> {
  const ends = await Promise.all(transcriptsOf(event).map(async (path) => [path, await endOfTranscript(path, since)] as const));
  return { since, cursors: Object.fromEntries(ends), pending: [] };
}

async function readOn({ since, cursors, pending }: UsageNotes, event: HookEvent): Promise<UsageNotes> {
  const kept: Record<string, UsageCursor> = {};
  const found: PendingUsage[] = [];
  for (const path of transcriptsOf(event)) {
    const { usage, cursor } = await readUsage(path, cursors[path] ?? beginUsage(since));
    kept[path] = cursor;
    for (const { cost_usd: _unknown, ...counts } of usage) found.push({ command_id: randomUUID(), ...counts });
  }
  return { since, cursors: kept, pending: [...pending, ...found].slice(-PENDING) };
}

interface Telling {
  readonly session: AgentSession;
  readonly file: string;
  readonly timeoutMs: number;
  readonly notes: UsageNotes;
}

async function tellAll(context: HookContext, { session, file, timeoutMs, notes }: Telling): Promise<string | null> {
  let used_up: string | null = null;
  let { pending } = notes;
  if (pending.length === 0) return null;
  const client = await context.connect(session.credential);
  const { prices } = await context.configuration();
  for (const each of pending) {
    const { command_id, task_id, ...counts } = each;
    const cost = priceOf({ ...counts, cost_usd: null }, prices);
    const about = { session_id: session.session_id, runner: context.agent, command_id, ...(task_id === null ? {} : { task_id }) };
    try {
      const { stop } = await client.call('usage.report', { ...about, ...counts, ...cost }, { timeoutMs });
      if (stop !== null) used_up = stop.scope === 'swarm' ? 'the swarm' : `the ${stop.scope} ${stop.target}`;
    } catch (error) {
      // What will never be taken is not told again.
      if (!(error instanceof Failure) || error.code !== 'invalid_input') throw error;
    }
    pending = pending.filter((other) => other !== each);
    writeNotes(file, { ...notes, pending });
  }
  return used_up;
}

/** Its own transcript, and those of its subagents beside it. */
function transcriptsOf({ transcript_path: path = '' }: HookEvent): string[] {
  if (path === '') return [];
  const beside = join(dirname(path), basename(path, '.jsonl'), 'subagents');
  return [path, ...transcriptsIn(beside)].slice(0, TRANSCRIPTS);
}

function transcriptsIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}
