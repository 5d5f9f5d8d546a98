import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { beginUsage, endOfTranscript, readUsage, type UsageCursor } from './usage-tail.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tutti-transcript-'));
  file = join(folder, 'transcript.jsonl');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const NOW = Date.parse('2026-11-21T10:00:00.000Z');
const STAMP = '2026-11-21T10:00:01.000Z';

function claude(id: string, usage: object, more: object = {}): string {
  return `${JSON.stringify({ type: 'assistant', timestamp: STAMP, message: { id, model: 'sonnet', usage }, ...more })}\n`;
}

async function look(cursor: UsageCursor): Promise<[number[], UsageCursor]> {
  const found = await readUsage(file, cursor);
  return [found.usage.flatMap((each) => [each.tokens_in, each.tokens_out, each.cache_read, each.cache_write]), found.cursor];
}

test('F3: each message of Claude Code is counted once, however often and in however many parts it is written', async () => {
  writeFileSync(file, claude('m1', { input_tokens: 100, output_tokens: 1, cache_read_input_tokens: 30, cache_creation_input_tokens: 5 }));
  const [first, at] = await look(beginUsage(NOW));
  expect(first).toEqual([100, 1, 30, 5]);
  appendFileSync(file, claude('m1', { input_tokens: 100, output_tokens: 20, cache_read_input_tokens: 30, cache_creation_input_tokens: 5 }));
  appendFileSync(file, claude('m2', { input_tokens: 7, output_tokens: 3 }) + claude('m1', { input_tokens: 100, output_tokens: 20 }));
  const [second, end] = await look(at);
  expect(second).toEqual([7, 22, 0, 0]);
  expect((await look(end))[0]).toEqual([]);
});

test('F3: a line that is not whole waits for the next look', async () => {
  const line = claude('m1', { input_tokens: 9 });
  writeFileSync(file, line.slice(0, 40));
  const [first, at] = await look(beginUsage(NOW));
  appendFileSync(file, line.slice(40));
  expect([first, (await look(at))[0]]).toEqual([[], [9, 0, 0, 0]]);
});

test('F3: what came before a task is named to one of our tools was used for it, until its work ends', async () => {
  const call = (name: string, task_id: string): object => ({
    content: [{ type: 'tool_use', name: `mcp__tutti__${name}`, input: { task_id } }],
  });
  const step = (id: string, more: object): string => {
    const message = { id, model: 's', usage: { input_tokens: 1 }, ...more };
    return `${JSON.stringify({ type: 'assistant', timestamp: STAMP, message })}\n`;
  };
  const steps = [step('1', call('claim_task', 't1')), step('2', {}), step('3', call('complete_task', 't1')), step('4', {})];
  writeFileSync(file, [...steps, step('5', call('claim_task', 't2')), step('6', {}), step('7', call('update_task', 'no task'))].join(''));
  const { usage, cursor } = await readUsage(file, beginUsage(NOW));
  expect(usage.map(({ task_id, tokens_in }) => [task_id, tokens_in])).toEqual([
    ['t1', 1],
    ['t1', 2],
    ['t2', 2],
    ['t2', 2],
  ]);
  expect(cursor.task_id).toBe('t2');
});

test('F3: the growing total of Codex counts from what was there before', async () => {
  const total = (input: number, last: number): string =>
    `${JSON.stringify({
      type: 'event_msg',
      timestamp: STAMP,
      payload: {
        type: 'token_count',
        info: {
          total_token_usage: { input_tokens: input, cached_input_tokens: 10, output_tokens: 5 },
          last_token_usage: { input_tokens: last, cached_input_tokens: 0, output_tokens: 1 },
        },
      },
    })}\n`;
  writeFileSync(file, `${JSON.stringify({ type: 'turn_context', payload: { model: 'gpt' } })}\n${total(1_000, 50)}${total(1_000, 50)}`);
  const { usage, cursor } = await readUsage(file, beginUsage(NOW));
  expect(usage).toEqual([{ task_id: null, model: 'gpt', tokens_in: 50, tokens_out: 1, cache_read: 0, cache_write: 0, cost_usd: null }]);
  appendFileSync(file, total(1_300, 300));
  expect((await look(cursor))[0]).toEqual([300, 0, 0, 0]);
});

test('F3: of a message of Gemini CLI that is written twice, cached tokens and thoughts are told apart', async () => {
  const line = `${JSON.stringify({ id: 'a', type: 'gemini', timestamp: STAMP, model: 'flash', tokens: { input: 80, cached: 30, output: 20, thoughts: 4, tool: 0 } })}\n`;
  writeFileSync(file, line + line);
  expect((await look(beginUsage(NOW)))[0]).toEqual([50, 24, 30, 0]);
});

test('F3: what was written before a conversation joined is not counted, wherever it was copied to', async () => {
  writeFileSync(file, claude('old', { input_tokens: 500 }));
  const end = await endOfTranscript(file, NOW);
  appendFileSync(file, claude('copy', { input_tokens: 600 }, { timestamp: '2026-11-21T09:00:00.000Z' }) + claude('m', { input_tokens: 1 }));
  expect((await look(end))[0]).toEqual([1, 0, 0, 0]);
});

test('hostile: lines that are too long, no JSON or no counts, files that shrink and files that are none', async () => {
  writeFileSync(file, `{"usage":"${'x'.repeat(5 * 1024 * 1024)}`);
  const [none, inside] = await look(beginUsage(NOW));
  appendFileSync(
    file,
    `"}\n{"usage"\n["usage"]\n${claude('a', { input_tokens: -5, output_tokens: 'many', cache_read_input_tokens: 1e300 })}`,
  );
  appendFileSync(
    file,
    claude('b', { input_tokens: 2.5, output_tokens: null }) + '{"type":"assistant","message":{"usage":{"input_tokens":9}}}\n',
  );
  const [some, at] = await look(inside);
  expect([none, some]).toEqual([[], [2, 0, 1e12, 0]]);
  truncateSync(file, 10);
  const [shrunk, again] = await look(at);
  appendFileSync(file, `\n${claude('c', { input_tokens: 3 })}`);
  expect([shrunk, (await look(again))[0]]).toEqual([[], [3, 0, 0, 0]]);
  rmSync(file);
  expect((await look(at))[0]).toEqual([]);
  expect((await readUsage('/dev/zero', at)).usage).toEqual([]);
});

test('hostile: as many messages and models as one likes take bounded memory and are all counted', async () => {
  const lines = Array.from({ length: 500 }, (_, n) => claude(`m${n}`, { input_tokens: 1 }).replace('sonnet', `model-${n}`));
  writeFileSync(file, lines.join(''));
  const { usage, cursor } = await readUsage(file, beginUsage(NOW));
  expect([usage.length, cursor.counted.length, usage.reduce((all, each) => all + each.tokens_in, 0)]).toEqual([21, 128, 500]);
});
