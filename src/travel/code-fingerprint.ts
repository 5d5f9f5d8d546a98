/**
 * Tells whether a checkpoint was made by the very rules that run now: a hash over the code that folds events and writes
 * images. A checkpoint of other rules is not used, so a changed rule never lives on in an old state.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

/** What decides the state that a log folds into. */
const PARTS = ['domain', 'scheduling', 'contract', 'engine/checkpoint', 'engine/event-codec', 'engine/recent-commands'];

let known: string | null = null;

/** The fingerprint of the rules that run now. */
export function codeFingerprint(): string {
  known ??= fingerprintOf(join(import.meta.dirname, '..'));
  return known;
}

function fingerprintOf(root: string): string {
  const suffix = extname(import.meta.filename);
  const digest = createHash('sha256').update(process.version);
  for (const part of PARTS) {
    for (const file of filesOf(root, part, suffix)) digest.update(`\n${file}\n`).update(readFileSync(join(root, file)));
  }
  return digest.digest('hex');
}

function filesOf(root: string, part: string, suffix: string): string[] {
  if (/-/.test(part)) return [`${part}${suffix}`];
  return readdirSync(join(root, part), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(suffix) && !file.endsWith(`.test${suffix}`))
    .map((file) => join(part, file))
    .toSorted();
}
