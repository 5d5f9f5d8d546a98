/** F5: every query at every form of a moment: at the end it says what is so now, before the beginning nothing, beyond the end it is refused. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPERATIONS, type OperationName } from '../../src/contract/operations.ts';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';
import { VALID_INPUTS } from './valid-inputs.ts';

const NAMES = (Object.keys(OPERATIONS) as OperationName[]).filter((name) => OPERATIONS[name].kind === 'query');

/** What is there, so that queries have something to say. */
const HAPPENED: readonly (readonly [OperationName, Readonly<Record<string, unknown>>])[] = [
  ['session.register', { session_id: 'eng-1', capabilities: ['build'], max_concurrent_tasks: 3, wants_work: false }],
  ['work.add', { tasks: ['held', 'done', 'open'].map((id) => ({ id, type: 'build', title: id, group: 'web', labels: ['release'] })) }],
  ['work.claim', { session_id: 'eng-1', task_id: 'done' }],
  ['work.complete', { session_id: 'eng-1', task_id: 'done', status: 'completed', result: 'yes' }],
  ['work.claim', { session_id: 'eng-1', task_id: 'held' }],
  ['knowledge.put', VALID_INPUTS['knowledge.put']],
  ['message.send', { to: 'eng-1', body: 'hello' }],
  ['message.subscribe', VALID_INPUTS['message.subscribe']],
  ['schedule.add', { ...VALID_INPUTS['schedule.add'], schedule_id: 'nightly' }],
  ['resource.set', VALID_INPUTS['resource.set']],
  ['limit.set', VALID_INPUTS['limit.set']],
  ['capability.define', VALID_INPUTS['capability.define']],
  ['lock.acquire', { session_id: 'eng-1', name: 'deploy' }],
  ['decision.ask', { question: 'Which?', options: [{ answer: 'a' }, { answer: 'b' }] }],
  ['usage.report', VALID_INPUTS['usage.report']],
  ['budget.set', VALID_INPUTS['budget.set']],
  ['config.apply', { settings: { policy: 'fifo' } }],
];

/** Of what is there. */
const INPUTS: Partial<Record<OperationName, Readonly<Record<string, unknown>>>> = { 'explain.task': { task_id: 'open' } };

/** What no moment shows: who was heard of when, what runs outside of the log, how late it is. */
const NOT_STATE = /heartbeat|contact|last_activity|^time$|_at$|_s$|age|^now$|waited|utilization|since/;

/** Who wanted work is no state either: a moment does not know why a session had none. */
const NOT_STATE_OF: Partial<Record<OperationName, RegExp>> = {
  'explain.session': /^reasons$|^text$/,
  'explain.task': /^obstacle$/,
};

let server: TestServer;
let head = 0;
beforeAll(async () => {
  server = await startTestServer();
  for (const [operation, input] of HAPPENED) {
    const [result] = await ask([{ operation, input }]);
    if (result?.output === undefined) throw new Error(`${operation}: ${JSON.stringify(result)}`);
  }
  head = server.engine.feed.head;
});
afterAll(() => server.close());

type Result = { readonly output?: unknown; readonly error?: { readonly code: string; readonly status: number } };

async function ask(calls: readonly { readonly operation: OperationName; readonly input: object }[]): Promise<Result[]> {
  const { body } = await server.request('/batch', { body: { calls } });
  return body['results'] as Result[];
}

function asked(name: OperationName, at: unknown): Promise<Result> {
  return ask([{ operation: name, input: { ...VALID_INPUTS[name], ...INPUTS[name], ...(at === undefined ? {} : { at }) } }]).then(
    ([result]) => result ?? {},
  );
}

function stateIn(name: OperationName, output: unknown): unknown {
  const isLeftOut = (key: string): boolean => NOT_STATE.test(key) || NOT_STATE_OF[name]?.test(key) === true;
  return JSON.parse(JSON.stringify(output ?? null, (key, value: unknown) => (isLeftOut(key) ? null : value)));
}

describe.each(NAMES)('F5: %s', (name) => {
  test('any form of a moment', async () => {
    const now = await asked(name, undefined);
    const time = new Date();
    const offset = `${new Date(time.getTime() + 7_200_000).toISOString().slice(0, -1)}+02:00`;
    for (const at of [head, String(head), '-0s', time.toISOString(), offset]) {
      const then = await asked(name, at);
      expect({ at, code: then.error?.code, output: stateIn(name, then.output) }).toEqual({
        at,
        code: now.error?.code,
        output: stateIn(name, now.output),
      });
    }
    for (const at of [0, '0', 3, '-1d', '-999999999d', '2020-01-01T00:00:00Z', '1970-01-01T00:00Z']) {
      const then = await asked(name, at);
      expect([at, then.error?.status ?? 200]).toEqual([at, expect.toSatisfy((status: number) => status < 500)]);
      expect([at, then.error?.code]).not.toEqual([at, 'invalid_input']);
    }
    for (const at of [head + 1, 1e12, '2099-01-01T00:00:00Z'])
      expect([at, (await asked(name, at)).error?.code]).toEqual([at, 'moment_unknown']);
    for (const at of [-1, 1.5, 'soon', '', '2026-13-40T00:00:00Z', '2026-11-21', '-1y', null, {}])
      expect([at, (await asked(name, at)).error?.code]).toEqual([at, 'invalid_input']);
  });
});
