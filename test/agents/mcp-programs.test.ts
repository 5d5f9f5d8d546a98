/**
 * Row E11 with the protocol's own programs: the official conformance suite against the HTTP door, and the Inspector's
 * command line against both doors.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../host/host-fixture.ts';
import { startTestServer } from '../support/start-test-server.ts';
import { programOf } from './agent-bed.ts';

const run = promisify(execFile);
const MAIN = join(import.meta.dirname, '../../src/main.ts');
const BASELINE = join(import.meta.dirname, '../mcp/conformance-baseline.yml');

async function environment(): Promise<{ readonly cwd: string; readonly env: Record<string, string>; readonly timeout: number }> {
  const cwd = await temporaryFolder();
  return { cwd, env: { PATH: `${join(process.execPath, '..')}:/usr/bin:/bin`, HOME: cwd }, timeout: 140_000 };
}

describe('E11 the programs of the protocol', { timeout: 300_000 }, () => {
  test('the conformance suite passes but for the baseline', async (context) => {
    const program = programOf(context, 'conformance');
    const server = await startTestServer({ auth: false });
    try {
      const args = ['server', '--url', `${server.url}/mcp`, '--suite', 'all', '--expected-failures', BASELINE];
      const { stdout } = await run(program, args, await environment());
      expect(stdout).toMatch(/✓ server-initialize|server-initialize: \d+ passed, 0 failed/);
    } finally {
      await server.close();
    }
  });

  test('the Inspector lists tools over HTTP and stdio, and calls one', async (context) => {
    const program = programOf(context, 'mcp-inspector');
    const server = await startTestServer({ auth: false });
    try {
      const http = ['--cli', `${server.url}/mcp`, '--transport', 'http'];
      const surroundings = await environment();
      const { stdout: listed } = await run(program, [...http, '--method', 'tools/list'], surroundings);
      expect(listed).toContain('"request_work"');
      const call = [...http, '--method', 'tools/call', '--tool-name', 'add_task', '--tool-arg', 'type=build', '--tool-arg', 'title=Hello'];
      expect((await run(program, call, surroundings)).stdout).toContain('build-001');
      const stdio = ['--cli', process.execPath, MAIN, 'mcp', '--method', 'tools/list'];
      expect((await run(program, stdio, surroundings)).stdout).toContain('"ask_decision"');
    } finally {
      await server.close();
    }
  });
});
