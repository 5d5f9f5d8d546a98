import { describe, expect, test } from 'vitest';
import { setupOf } from './agent-setup.ts';
import { changedText } from './edit-configuration.ts';

type Agent = 'claude' | 'codex' | 'gemini' | 'opencode';

/** The text of the file of an agent whose name ends so, after the change. */
function changed(agent: Agent, name: string, text: string, remove = false): string {
  const wish = { agent, scope: 'project', home: '/tmp/user', project: '/tmp/project', program: ['tutti'], takes_work: false } as const;
  const change = setupOf(wish).find(({ file }) => file.endsWith(name));
  if (change === undefined) throw new TypeError(`${agent} has no ${name}`);
  return changedText(text, change, remove);
}

describe('B6: what cannot be read, or would lose something, is refused with its place', () => {
  test.each<[Agent, string, string, string]>([
    ['codex', 'config.toml', 'model = "o"\n[mcp_servers.other\ncommand = "x"\n', 'line 2, column 19: '],
    ['codex', 'config.toml', 'model = "a"\nmodel = "b"\n', 'line 2, column '],
    ['codex', 'config.toml', 'mcp_servers = { other = { command = "x" } }\n', 'no table can be added'],
    ['codex', 'config.toml', 'mcp_servers = 7\n', 'mcp_servers is no table'],
    ['codex', 'hooks.json', '{"hooks": [}', "line 1, column 12: Unexpected token '}'."],
    ['claude', '.mcp.json', '{\n  "a": 1,\n}', 'line 3, column 1: Expected double-quoted property name.'],
    ['claude', 'settings.json', '{"a":1}\n// mine\n', 'line 2 is a comment'],
    ['gemini', 'settings.json', '{\n  /* mine */ "a": "//"\n}', 'line 2 is a comment'],
    ['gemini', 'settings.json', '{"a":1,"b":{"a":"x: y","c":[{"a":2,"a":3}]}}', 'a key stands twice'],
    ['opencode', 'opencode.json', '{\n"id": 12345678901234567890}', 'line 2: the number 12345678901234567890'],
    ['opencode', 'opencode.json', '[]', 'it holds no object'],
  ])('%s: %s: %j', (agent, name, text, why) => {
    const refused = expect.objectContaining({ code: 'configuration_unreadable', message: expect.stringContaining(why) });
    expect(() => changed(agent, name, text)).toThrow(refused);
  });
});

test.each([
  '[mcp_servers]\ntutti = { command = "x" }\n',
  'mcp_servers.tutti.command = "x"\n',
  '[mcp_servers."tutti"]\ncommand = "x"\n',
  '["mcp_servers".tutti]\ncommand = "x"\n',
])('B6: a server of our name in a TOML file is seen however it is written: %j', (text) => {
  expect(() => changed('codex', 'config.toml', text)).toThrow(expect.objectContaining({ code: 'configuration_foreign' }));
});

test('B6: words of ours in a text or a comment of a TOML file are no server of our name', () => {
  const text = '# [mcp_servers.tutti]\nnotes = """\n[mcp_servers.tutti]\n"""\n';
  const after = changed('codex', 'config.toml', text);
  expect([after.startsWith(text.trimEnd()), changed('codex', 'config.toml', after, true)]).toEqual([true, text]);
});

test('B6: line ends and the mark at the beginning of a file stay', () => {
  const toml = changed('codex', 'config.toml', 'model = "o"\r\n');
  expect(toml.replaceAll('\r\n', '')).not.toMatch(/\n/);
  expect(changed('codex', 'config.toml', toml, true).trimEnd()).toBe('model = "o"');
  const before = '\uFEFF{\r\n\t"a": 1\r\n}\r\n';
  const json = changed('opencode', 'opencode.json', before);
  expect(json).toMatch(/^\uFEFF\{\r\n\t"a": 1,\r\n\t"mcp": \{\r\n/);
  expect(changed('opencode', 'opencode.json', json, true)).toBe(before);
});
