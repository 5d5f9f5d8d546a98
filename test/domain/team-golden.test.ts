/** R31: a log that an earlier version wrote says of knowledge, messages and locks what it always said. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EVENTS } from '../../src/contract/event.ts';
import { eventsOf } from './golden/replay-golden.ts';
import { replayTeam } from './golden/replay-team.ts';

const FILE = join(import.meta.dirname, 'golden/team-v1.jsonl');
const events = eventsOf(readFileSync(FILE, 'utf8'));

test('R31: the golden log of A17 and E9 folds into what it always did', () => {
  expect(replayTeam(events)).toMatchObject(JSON.parse(readFileSync(FILE.replace('.jsonl', '.shown.json'), 'utf8')) as object);
});

test('R31: it has every event type of knowledge, messages and locks, at each of its versions', () => {
  const kept = new Set(events.map(({ type, version }) => `${type} ${version}`));
  const needed = Object.entries(EVENTS)
    .filter(([type]) => /^(knowledge|messages?|channel|lock)_/.test(type))
    .flatMap(([type, { version }]) => Array.from({ length: version }, (_, place) => `${type} ${place + 1}`));
  expect(needed.filter((each) => !kept.has(each))).toEqual([]);
});
