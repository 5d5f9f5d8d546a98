/**
 * A small share of fuzzing in every run of the tests: hostile requests at every operation through HTTP, WebSocket and MCP of
 * a real server process. More of it: `npm run fuzz`.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { LogEvent } from '../../src/contract/event.ts';
import { OPERATIONS, type OperationName } from '../../src/contract/operations.ts';
import { SeededRandom } from '../simulation/seeded-random.ts';
import { logFaults } from './fuzz-run.ts';
import { HostileCalls } from './hostile-calls.ts';

const PROGRAM = join(import.meta.dirname, 'run.ts');

test(
  'hostile requests at every door: each is answered, none is a failure of the server, none that is refused changes anything',
  {
    timeout: 300_000,
  },
  async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, '--requests', '1500']);
    expect(stdout).toMatch(/^15\d\d requests, 0 violations/m);
    for (const door of ['http', 'ws', 'mcp']) expect(stdout).toMatch(new RegExp(`\\d+  ${door} ok$`, 'm'));
  },
);

test('every operation is called, rightly and wrongly', () => {
  const calls = new HostileCalls(new SeededRandom('coverage'));
  const called = new Map<string, { right: number; wrong: number }>();
  for (let index = 0; index < 30_000; index += 1) {
    const { operation, input } = calls.next();
    const of = called.get(operation) ?? { right: 0, wrong: 0 };
    called.set(operation, of);
    const isRight = Object.hasOwn(OPERATIONS, operation) && OPERATIONS[operation as OperationName].input.safeParse(input).success;
    of[isRight ? 'right' : 'wrong'] += 1;
  }
  for (const operation of Object.keys(OPERATIONS)) {
    expect([operation, called.get(operation)]).toEqual([operation, { right: expect.any(Number), wrong: expect.any(Number) }]);
    expect(called.get(operation)?.right).toBeGreaterThan(0);
    expect(called.get(operation)?.wrong).toBeGreaterThan(0);
  }
});

test('a refused command that left an event is found', () => {
  const event = { seq: 1, type: 'swarm_paused', data: {}, time: 1, command_id: 'fuzz-1' } as unknown as LogEvent;
  const report = { sent: 1, violations: [], answers: new Map(), refused: new Set(['fuzz-1']) };
  expect(logFaults([event], report).next().value).toBe('the command of event 1 (swarm_paused) was refused: fuzz-1');
});
