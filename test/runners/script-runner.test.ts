import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RunnerEvent } from '../../src/runners/runner.ts';
import { createScriptRunner } from '../../src/runners/script/script-runner.ts';
import { lastOf, outputOf, requestFor, runToEnd, temporaryFolder } from './script-fixture.ts';

describe('a run that ends by itself', () => {
  test('B6: reports start, output and progress, and ends with evidence that can be checked', async () => {
    const request = await requestFor({ run: 'echo one; echo two >&2; echo ::progress 0.5 half; sleep 0.05; echo three' });
    const events = await runToEnd(request);
    const { outcome, evidence, error } = lastOf(events);

    expect(events[0]).toMatchObject({ kind: 'started', pid: expect.any(Number) });
    expect(events).toContainEqual({ kind: 'progress', progress: 0.5, message: 'half' });
    expect(outputOf(events, 'stdout')).toBe('one\n::progress 0.5 half\nthree\n');
    expect(outputOf(events, 'stderr')).toBe('two\n');
    expect([outcome, error]).toEqual(['completed', null]);
    expect(evidence).toMatchObject({
      exit_code: 0,
      signal: null,
      log_file: request.log_file,
      command: expect.stringContaining('echo one'),
    });
    expect(evidence).not.toHaveProperty('survivors');
    expect(evidence.duration_ms).toBeGreaterThanOrEqual(50);
    expect(evidence.tail).toContain('three');
    const log = await readFile(request.log_file, 'utf8');
    expect(evidence.output_bytes).toBe(log.length);
    expect(log.split('\n').sort()).toEqual(['', '::progress 0.5 half', 'one', 'three', 'two']);
  });

  test('F6: a failing command fails with its exit code', async () => {
    const { outcome, evidence, error } = lastOf(await runToEnd(await requestFor({ run: 'echo why >&2; exit 3' })));
    expect([outcome, evidence.exit_code, evidence.tail]).toEqual(['failed', 3, 'why']);
    expect(error).toMatchObject({ code: 'script_failed', params: { how: 'exit code 3', task_id: 't-1' } });
  });

  test('F6: a command that a signal ended fails with its signal', async () => {
    const { outcome, evidence, error } = lastOf(await runToEnd(await requestFor({ run: 'kill -SEGV $$' })));
    expect([outcome, evidence.exit_code, evidence.signal]).toEqual(['failed', null, 'SIGSEGV']);
    expect(error).toMatchObject({ code: 'script_failed', params: { how: 'the signal SIGSEGV' } });
  });

  test('an array is executed directly, a string goes through the shell', async () => {
    const direct = await runToEnd(await requestFor({ run: ['printf', '%s|', '$HOME', 'a b', '*'] }));
    expect(outputOf(direct, 'stdout')).toBe('$HOME|a b|*|');
    const dash = await runToEnd(await requestFor({ run: '-x; echo $((1+1))' }));
    expect(outputOf(dash, 'stdout')).toBe('2\n');
  });

  test('the environment is what was given and nothing else, and the own variables of Tutti win', async () => {
    const environment = { PATH: '/usr/bin:/bin', TUTTI_SESSION: 's-1', A: 'worker' };
    const request = await requestFor(
      { run: ['env'], env: { A: 'task', B: 'x y', TUTTI_SESSION: 'forged', TUTTI_RUN: 'forged' } },
      { environment },
    );
    const lines = outputOf(await runToEnd(request), 'stdout')
      .trim()
      .split('\n')
      .sort();
    expect(lines).toEqual([
      'A=task',
      'B=x y',
      'PATH=/usr/bin:/bin',
      expect.stringMatching(/^TUTTI_RUN=[0-9a-f-]{36}$/),
      'TUTTI_SESSION=s-1',
    ]);
  });

  test('a script can open /dev/stdout and /dev/stderr', async () => {
    const events = await runToEnd(await requestFor({ run: 'echo a >/dev/stdout && echo b >/dev/stderr' }));
    expect([outputOf(events, 'stdout'), outputOf(events, 'stderr'), lastOf(events).outcome]).toEqual(['a\n', 'b\n', 'completed']);
  });

  test('a character that arrives in two pieces stays whole, and the log keeps every byte', async () => {
    const request = await requestFor({ run: String.raw`printf 'a\303'; sleep 0.2; printf '\251b\377'` });
    expect(outputOf(await runToEnd(request), 'stdout')).toBe('aéb\ufffd');
    expect(await readFile(request.log_file, 'hex')).toBe('61c3a962ff');
  });

  test('the log is appended to and the tail is plain text of at most 4 KB', async () => {
    const request = await requestFor({ run: String.raw`printf '\033[31mred\033[0m\033]0;title\007\n'` });
    await runToEnd(request);
    const { evidence } = lastOf(await runToEnd({ ...request, spec: { run: 'seq 1 10000' } }));
    const lines = evidence.tail.split('\n');
    expect(evidence.tail.length).toBeLessThanOrEqual(4096);
    expect([Number(lines[0]) > 9000, lines.at(-1)]).toEqual([true, '10000']);
    expect((await stat(request.log_file)).size).toBe(evidence.output_bytes + '\x1b[31mred\x1b[0m\x1b]0;title\x07\n'.length);
  });

  test('the input of the command is empty', async () => {
    expect(lastOf(await runToEnd(await requestFor({ run: 'read line; test -z "$line"' }))).outcome).toBe('completed');
  });
});

describe('a run that cannot start', () => {
  test.each([
    ['script_missing', 'only words'],
    ['script_missing', { note: 'nothing to run' }],
    ['invalid_input', { run: 7 }],
    ['script_not_started', { run: ['no-such-command-anywhere'] }],
    ['script_not_started', { run: ['/etc/passwd'] }],
    ['script_not_started', { run: ['echo', 'x'.repeat(3_000_000)] }],
  ])('ends with %s', async (code, spec) => {
    const request = await requestFor(spec);
    const events = await runToEnd(request);
    const { outcome, evidence, error } = lastOf(events);
    expect([events.length, outcome, error?.code]).toEqual([1, 'failed', code]);
    expect(evidence).toMatchObject({ exit_code: null, signal: null, output_bytes: 0, tail: '', log_file: request.log_file });
  });

  test('names what is missing: the command or the folder', async () => {
    const command = lastOf(await runToEnd(await requestFor({ run: ['no-such-command'] })));
    expect(command.error?.params['reason']).toBe('the command no-such-command was not found');
    const request = await requestFor({ run: 'true' }, { folder: '/nowhere/at all' });
    expect(lastOf(await runToEnd(request)).error?.params['reason']).toBe('the folder /nowhere/at all does not exist');
  });

  test('a command that the shell does not find fails with exit code 127', async () => {
    const { evidence, error } = lastOf(await runToEnd(await requestFor({ run: 'no-such-command-anywhere' })));
    expect([evidence.exit_code, error?.code]).toEqual([127, 'script_failed']);
  });

  test('a log in a missing folder is evidence_unwritable, and nothing runs', async () => {
    const folder = await temporaryFolder();
    const log_file = join(folder, 'missing', 'run.log');
    const request = await requestFor({ run: `touch ${join(folder, 'ran')}` }, { log_file });
    const { outcome, error } = lastOf(await runToEnd(request));
    expect([outcome, error?.code, error?.params['path']]).toEqual(['failed', 'evidence_unwritable', log_file]);
    await expect(stat(join(folder, 'ran'))).rejects.toThrow('ENOENT');
  });
});

test('nothing starts before the stream is read', async () => {
  const request = await requestFor({ run: 'true' });
  const stream = createScriptRunner().run(request, new AbortController().signal);
  await expect(stat(request.log_file)).rejects.toThrow('ENOENT');
  const events: RunnerEvent[] = [];
  for await (const event of stream) events.push(event);
  expect(lastOf(events).outcome).toBe('completed');
});
