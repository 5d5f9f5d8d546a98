import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { codexServers, opencodeServers } from './configured-servers.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tutti-servers-'));
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(home, path)), { recursive: true });
  writeFileSync(join(home, path), text);
}

test('E11: the servers of Codex are found in the user’s and the project’s settings, however they are written', () => {
  write(
    '.codex/config.toml',
    '[mcp_servers.a]\ncommand = "x"\n[mcp_servers.a.env]\nX = "1"\n[mcp_servers."b c"]\n# [mcp_servers.no]\nmcp_servers.d = { command = "y" }\n',
  );
  write('work/.codex/config.toml', "[ mcp_servers . 'e' ]\n");
  expect(codexServers({ HOME: home }, join(home, 'work', 'deep'))).toEqual(['a', 'b c', 'd', 'e']);
  expect(codexServers({ HOME: home, CODEX_HOME: join(home, 'none') }, '/')).toEqual([]);
});

test('E11: the servers of OpenCode are found in JSON with comments, and what cannot be read names none', () => {
  write('.config/opencode/opencode.jsonc', '{ // mine\n "mcp": { "a": { "url": "https://x//y" }, /* b */ "c": {}, }, }');
  write('work/opencode.json', '{"mcp":{"d":{}}}');
  write('work/deep/opencode.json', '{ broken');
  expect(opencodeServers({ HOME: home }, join(home, 'work', 'deep'))).toEqual(['a', 'c', 'd']);
});
