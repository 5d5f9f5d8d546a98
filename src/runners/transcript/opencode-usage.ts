/**
 * What a conversation of OpenCode used, from the database that it keeps for its own resuming: a row for each call of its
 * model, with those of the agents that it started. Over the Agent Client Protocol it tells only the last call of a turn.
 * Invariant: read-only; nothing here throws, and what cannot be read has nothing new.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RunUsage } from '../runner.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** Path of the database that has this conversation, or null when none has (yet). */
export async function findOpencodeStore({ XDG_DATA_HOME, HOME = '' }: Variables, conversation: string): Promise<string | null> {
  const base = XDG_DATA_HOME === undefined || XDG_DATA_HOME === '' ? join(HOME, '.local', 'share') : XDG_DATA_HOME;
  const file = join(base, 'opencode', 'opencode.db');
  const found = existsSync(file) ? await readRows(file, 'SELECT id FROM session WHERE id = :conversation', { conversation }) : [];
  return found.length === 0 ? null : file;
}

/** A call of a model, as the database has it. */
interface Row extends Pick<RunUsage, 'model' | 'tokens_in' | 'tokens_out' | 'cache_read' | 'cache_write'> {
  readonly id: string;
  readonly cost: number;
}

/** Beyond this a count is no count. */
const MOST = 1e12;
const MOST_ROWS = 10_000;
const QUERY = `
SELECT id,
  json_extract(data, '$.providerID') || '/' || json_extract(data, '$.modelID') AS model,
  json_extract(data, '$.tokens.input') AS tokens_in,
  json_extract(data, '$.tokens.output') + coalesce(json_extract(data, '$.tokens.reasoning'), 0) AS tokens_out,
  json_extract(data, '$.tokens.cache.read') AS cache_read,
  json_extract(data, '$.tokens.cache.write') AS cache_write,
  json_extract(data, '$.cost') AS cost
FROM message
WHERE session_id IN (SELECT id FROM session WHERE id = :conversation OR parent_id = :conversation)
  AND time_created >= :since AND json_extract(data, '$.role') = 'assistant'
ORDER BY time_created LIMIT ${MOST_ROWS}`;

/** Makes a reader of the calls that began at `since` (ms since 1970) or later: each look gives what is new, by call. */
export function createOpencodeUsage(file: string, conversation: string): (since: number) => Promise<readonly RunUsage[]> {
  const counted = new Map<string, Row>();
  return async (since) => {
    const rows = await readRows(file, QUERY, { conversation, since });
    return rows.map(rowOf).flatMap((row) => {
      const before = counted.get(row.id);
      counted.set(row.id, row);
      const more = (field: Exclude<keyof Row, 'id' | 'model'>): number => Math.max(0, row[field] - (before?.[field] ?? 0));
      const tokens = {
        tokens_in: more('tokens_in'),
        tokens_out: more('tokens_out'),
        cache_read: more('cache_read'),
        cache_write: more('cache_write'),
      };
      const cost = more('cost');
      const isNothing = Object.values(tokens).every((count) => count === 0);
      return isNothing ? [] : [{ model: row.model, ...tokens, cost_usd: cost === 0 ? null : cost }];
    });
  };
}

type Found = Readonly<Record<string, unknown>>;

async function readRows(file: string, query: string, values: Readonly<Record<string, string | number>>): Promise<readonly Found[]> {
  try {
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(file, { readOnly: true, timeout: 0 });
    try {
      return database.prepare(query).all(values);
    } finally {
      database.close();
    }
  } catch {
    // Another version of the program, or a moment in which it writes.
    return [];
  }
}

function rowOf(found: Found): Row {
  const count = (name: string): number => {
    const value = found[name];
    return typeof value === 'number' && value > 0 ? Math.min(MOST, value) : 0;
  };
  const text = (name: string): string => {
    const value = found[name];
    return typeof value === 'string' ? value.slice(0, 200) : '';
  };
  return {
    id: text('id'),
    model: text('model'),
    tokens_in: Math.trunc(count('tokens_in')),
    tokens_out: Math.trunc(count('tokens_out')),
    cache_read: Math.trunc(count('cache_read')),
    cache_write: Math.trunc(count('cache_write')),
    cost: count('cost'),
  };
}
