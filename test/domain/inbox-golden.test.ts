/** R31: a log that an earlier version wrote says of decisions, signals and requests what it always said. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EVENTS } from '../../src/contract/event.ts';
import { eventsOf } from './golden/replay-golden.ts';
import { replayInbox } from './golden/replay-inbox.ts';

const FILE = join(import.meta.dirname, 'golden/inbox-v1.jsonl');
const events = eventsOf(readFileSync(FILE, 'utf8'));

test('R31: the golden log of C5, C4 and D3 folds into what it always did', () => {
  expect(replayInbox(events)).toMatchObject(JSON.parse(readFileSync(FILE.replace('.jsonl', '.shown.json'), 'utf8')) as object);
});

test('R31: it has every event type of them, at each of its versions', () => {
  const kept = new Set(events.map(({ type, version }) => `${type} ${version}`));
  const needed = Object.entries(EVENTS)
    .filter(([type]) => /^(decision|signal|colleague)_/.test(type))
    .flatMap(([type, { version }]) => Array.from({ length: version }, (_, place) => `${type} ${place + 1}`));
  expect(needed.filter((each) => !kept.has(each))).toEqual([]);
});
