/**
 * Knowledge, messages and locks from the command line, against a real server.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failureOf, Project } from './tutti.ts';

let project: Project;

beforeAll(async () => {
  project = new Project();
  const { server } = await project.up('--journal', 'memory:');
  for (const session_id of ['w1', 'w2']) await project.client(server).call('session.register', { session_id, capabilities: [] });
});

afterAll(() => project.remove());

/** Runs a command that must succeed; returns what it printed. */
async function tutti(args: readonly string[], input = ''): Promise<string> {
  return (await project.succeed(args, input)).stdout;
}

const json = async (...args: string[]): Promise<Record<string, unknown>> =>
  JSON.parse(await tutti([...args, '--json'])) as Record<string, unknown>;

describe('A17 tutti knowledge', () => {
  test('put, get, list, search, history, delete', async () => {
    expect(await tutti(['knowledge', 'put', 'api/errors', 'Errors are problems.', '--tags', 'api,http', '--task', 'b1'])).toContain(
      'version 1',
    );
    expect(await tutti(['knowledge', 'put', 'api/errors', '-'], 'Every error is a problem of RFC 9457.')).toContain('version 2');
    expect(await tutti(['knowledge', 'put', 'api/errors', 'Every error is a problem of RFC 9457.'])).toContain('said this already');
    const shown = await tutti(['knowledge', 'get', 'api/errors']);
    expect(shown).toMatch(/api\/errors\nversion +2 · by role:admin .*\n\n {2}Every error is a problem of RFC 9457\./);
    expect(await json('knowledge', 'get', 'api/errors', '--revision', '1')).toMatchObject({
      knowledge: { tags: ['api', 'http'], version: 1 },
    });
    expect(await tutti(['knowledge', 'list', '--prefix', 'api/'])).toMatch(/TOPIC.*\napi\/errors +2 /);
    expect(await tutti(['knowledge', 'search', 'errors', 'RFC'])).toContain('  Every error is a problem of RFC 9457.');
    expect(await tutti(['knowledge', 'history', 'api/errors'])).toMatch(/2 .*✓ written[^]*1 .*✓ written/);
    const late = await project.run(['knowledge', 'put', 'api/errors', 'x', '--expected-version', '1']);
    expect([late.code, failureOf(late)]).toEqual([6, expect.objectContaining({ code: 'knowledge_conflict' })]);
    expect(await tutti(['knowledge', 'delete', 'api/errors'])).toContain('is deleted');
    expect((await project.run(['knowledge', 'get', 'api/errors'])).code).toBe(3);
  });
});

describe('E9 tutti message', () => {
  test('send, list, receive, read, show', async () => {
    const [, asked = ''] =
      /Message (\d+) waits/.exec(await tutti(['message', 'send', 'May I merge?', '--session', 'w1', '--to', 'people'])) ?? [];
    expect(await tutti(['message', 'list', '--unread'])).toMatch(new RegExp(`${asked} +○ queued +5 +w1 +people .*May I merge\\?`));
    expect(await tutti(['message', 'receive'])).toContain('May I merge?');
    expect(await tutti(['message', 'read', asked])).toContain('May I merge?');
    expect(await tutti(['message', 'show', asked])).toMatch(/people +read/);
    const { message_id } = await json('message', 'send', '{"merge":true}', '--to', 'w1', '--reply-to', asked);
    expect(await json('message', 'list', '--session', 'w1')).toMatchObject({
      messages: [{ message_id, body: { merge: true }, thread: Number(asked) }],
    });
  });

  test('subscribe, channels, unsubscribe', async () => {
    await tutti(['message', 'subscribe', 'builds', '--session', 'w2']);
    expect(await tutti(['message', 'channels', '--session', 'w2'])).toMatch(/all +3 +✓ yes\nbuilds +1 +✓ yes/);
    expect(await tutti(['message', 'send', 'green', '--channel', 'builds'])).toContain('1 reader');
    await tutti(['message', 'unsubscribe', 'builds', '--session', 'w2']);
    expect((await project.run(['message', 'send', 'green', '--channel', 'builds'])).code).toBe(3);
  });
});

test('E9 tutti lock: acquire, list, renew, check, release', async () => {
  const { token } = await json('lock', 'acquire', 'file:src/**', '--session', 'w1', '--reason', 'rename');
  expect(await tutti(['lock', 'list'])).toMatch(/file:src\/\*\* +w1 .*rename/);
  const taken = await project.run(['lock', 'acquire', 'file:src/a.ts', '--session', 'w2']);
  expect([taken.code, failureOf(taken).code]).toEqual([6, 'lock_taken']);
  await tutti(['lock', 'renew', 'file:src/**', '--session', 'w1', '--ttl', '600']);
  expect(await tutti(['lock', 'check', 'file:src/a.ts', '--token', String(token)])).toContain('✓ valid');
  expect(await tutti(['lock', 'release', 'file:src/**', '--session', 'w1'])).toContain('is released');
  expect(await json('lock', 'list')).toMatchObject({ locks: [] });
});
