/** R31: logs that earlier versions wrote fold into what they always folded into. The files are frozen. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EVENTS } from '../../src/contract/event.ts';
import { encodeEvent } from '../../src/engine/event-codec.ts';
import { eventsOf, replay } from './golden/replay-golden.ts';

const FOLDER = join(import.meta.dirname, 'golden');
const logs = readdirSync(FOLDER).filter((name) => name.endsWith('.jsonl'));

function read(name: string): string {
  return readFileSync(join(FOLDER, name), 'utf8');
}

/** What was shown then, without the sentences: why a task waits is its code, and how that is said may be said better. */
function meaningOf(shown: string): object {
  const { tasks, ...rest } = JSON.parse(shown) as { readonly tasks: readonly { readonly waiting: { readonly code: string } | null }[] };
  return { ...rest, tasks: tasks.map((task) => ({ ...task, waiting: task.waiting === null ? null : { code: task.waiting.code } })) };
}

describe.each(logs)('R31: the golden log %s', (name) => {
  const events = eventsOf(read(name));

  test('folds into what it always did', () => {
    expect(replay(events)).toMatchObject(meaningOf(read(name.replace('.jsonl', '.json'))));
  });

  test('is valid by the contract, and written again as it was', () => {
    for (const event of events) expect(EVENTS[event.type].data.safeParse(event.data).error).toBeUndefined();
    expect(events.map((event) => `${encodeEvent(event)}\n`).join('')).toBe(read(name));
  });
});

test('R31: every event type has a golden log at each of its versions: a new one is refused without', () => {
  const kept = new Set(logs.flatMap((name) => eventsOf(read(name)).map((event) => `${event.type} ${event.version}`)));
  const needed = Object.entries(EVENTS).flatMap(([type, { version }]) =>
    Array.from({ length: version }, (_, place) => `${type} ${place + 1}`),
  );
  expect(needed.filter((each) => !kept.has(each))).toEqual([]);
});
