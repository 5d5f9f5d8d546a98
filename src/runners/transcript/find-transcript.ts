/**
 * Where agent programs write the transcript of a conversation, found by the conversation's id. They keep it for their own
 * resuming; nothing here throws, and where nothing is found nothing is read.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

type Variables = Readonly<Record<string, string | undefined>>;

/** An id as these programs make them; whatever else names no file. */
const CONVERSATION = /^[\w-]{8,128}$/;
/** Folders that are looked into: days of Codex, projects of the others, the newest of each. */
const FOLDERS = 1_000;

/** The file, or null when there is none (yet). */
export async function findTranscript(environment: Variables, conversation: string): Promise<string | null> {
  if (!CONVERSATION.test(conversation)) return null;
  for (const find of [inCodex, inClaude, inGemini]) {
    const file = await find(environment, conversation);
    if (file !== null) return file;
  }
  return null;
}

/** `sessions/YEAR/MONTH/DAY/rollout-TIME-ID.jsonl` */
async function inCodex({ CODEX_HOME, HOME = '' }: Variables, id: string): Promise<string | null> {
  const top = join(CODEX_HOME ?? join(HOME, '.codex'), 'sessions');
  let looked = 0;
  for (const year of await newestFirst(top)) {
    for (const month of await newestFirst(join(top, year))) {
      for (const day of await newestFirst(join(top, year, month))) {
        if ((looked += 1) > FOLDERS) return null;
        const folder = join(top, year, month, day);
        const name = (await namesIn(folder)).find((each) => each.endsWith(`-${id}.jsonl`));
        if (name !== undefined) return join(folder, name);
      }
    }
  }
  return null;
}

/** `projects/FOLDER/ID.jsonl` */
async function inClaude({ CLAUDE_CONFIG_DIR, HOME = '' }: Variables, id: string): Promise<string | null> {
  return inFolders(join(CLAUDE_CONFIG_DIR ?? join(HOME, '.claude'), 'projects'), '', (name) => name === `${id}.jsonl`);
}

/** `tmp/PROJECT/chats/session-TIME-BEGINNING OF ID.jsonl` */
async function inGemini({ HOME = '' }: Variables, id: string): Promise<string | null> {
  return inFolders(join(HOME, '.gemini', 'tmp'), 'chats', (name) => name.endsWith(`-${id.slice(0, 8)}.jsonl`));
}

async function inFolders(top: string, below: string, fits: (name: string) => boolean): Promise<string | null> {
  for (const each of (await namesIn(top)).slice(0, FOLDERS)) {
    const folder = join(top, each, below);
    const name = (await namesIn(folder)).find(fits);
    if (name !== undefined) return join(folder, name);
  }
  return null;
}

async function newestFirst(folder: string): Promise<string[]> {
  return (await namesIn(folder)).sort().toReversed();
}

function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
