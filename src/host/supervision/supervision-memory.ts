/**
 * What a host remembers of its sessions, on disk: pauses and quarantines outlive it.
 * Invariant: the file is whole or as it was; a damaged one is as good as none.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { SessionMemory } from './reconcile.ts';

const remembered = z.record(
  z.string(),
  z.object({ failures: z.int(), not_before: z.number(), quarantined_at: z.number().nullable(), done: z.boolean() }),
);

/** Reads it. */
export async function readMemory(file: string): Promise<Map<string, SessionMemory>> {
  try {
    return new Map(Object.entries(remembered.parse(JSON.parse(await readFile(file, 'utf8')))));
  } catch {
    return new Map();
  }
}

/** Writes it. Throws what the system throws. */
export async function writeMemory(file: string, memory: ReadonlyMap<string, SessionMemory>): Promise<void> {
  await writeFile(`${file}.draft`, JSON.stringify(Object.fromEntries(memory)));
  await rename(`${file}.draft`, file);
}
