/**
 * Row B6 with a program whose settings may hold comments: what `tutti install` puts between them is read by the program.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { agentRequest, programOf } from './agent-bed.ts';

const run = promisify(execFile);
const MAIN = join(import.meta.dirname, '../../src/main.ts');
const TEXT = '{\n  // mine\n  "$schema": "https://opencode.ai/config.json",\n  "autoupdate": false, /* offline */\n}\n';

test('B6: OpenCode reads our server from an opencode.jsonc, which --remove leaves as it was', { timeout: 300_000 }, async (context) => {
  const program = programOf(context, 'opencode');
  const { environment, folder } = await agentRequest('');
  const file = join(environment['HOME'] ?? '', '.config', 'opencode', 'opencode.jsonc');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, TEXT);
  const how = { cwd: folder, env: environment, timeout: 200_000 };
  const install = (...words: string[]): Promise<unknown> =>
    run(process.execPath, [MAIN, 'install', 'opencode', '--user', '--yes', '--command', `${process.execPath} ${MAIN}`, ...words], how);
  await install();
  const { stdout, stderr } = await run(program, ['mcp', 'list'], how);
  await install('--remove');
  expect([`${stdout}${stderr}`.includes(`${MAIN} mcp`), readFileSync(file, 'utf8')]).toEqual([true, TEXT]);
});
