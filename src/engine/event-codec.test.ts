import { assert as holds, constantFrom, double, integer, jsonValue, oneof, option, property, record, string, tuple } from 'fast-check';
import { expect, test } from 'vitest';
import type { LogEvent } from '../contract/event.ts';
import { decodeChunk, encodeEvent, joinRecords } from './event-codec.ts';

const word = constantFrom('build-001', 's1', 'A.b_c:d@e+f-g');
const seq = integer({ min: 1, max: 2 ** 40 });
const assigned = record({
  task_id: word,
  prev: seq,
  session_id: word,
  incarnation: seq,
  attempt: integer({ min: 1, max: 99 }),
  started: constantFrom(true, false),
  policy: constantFrom('claim', 'greedy'),
  score: double({ min: 0, max: 1, noNaN: true }).map((score) => score + 0),
});
const why = record({ rule: string(), order: constantFrom({}, { priority: 5 }), candidates: constantFrom([]), more: integer() });
const explained = tuple(assigned, why).map(([data, reason]) => ({ ...data, why: reason }));
const result = option(
  string().map((text) => ({ text })),
  { nil: null },
);
const completed = record({ task_id: word, prev: seq, lease: seq, session_id: word, result, duration_ms: integer({ min: 0, max: 1e12 }) });
const reported = record({ task_id: word, prev: seq, lease: seq, progress: constantFrom(0, 0.5), details: jsonValue() });

test('an event is read back as it was written, and the records written by hand are the JSON of their data', () => {
  const types = { task_assigned: oneof(assigned, explained), task_completed: completed, task_progressed: reported };
  for (const [type, data] of Object.entries(types)) {
    holds(
      property(data, option(word, { nil: null }), string(), (fields, command_id, actor) => {
        const event = { seq: 7, time: 1_700_000_000_000, type, version: 1, actor, command_id, data: fields } as unknown as LogEvent;
        const text = encodeEvent(event);
        expect(text.endsWith(`,${JSON.stringify(fields)}]`)).toBe(true);
        expect(decodeChunk({ first_seq: 7, text: joinRecords([text]) })).toEqual([JSON.parse(JSON.stringify(event))]);
      }),
    );
  }
});
