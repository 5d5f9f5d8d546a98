import { describe, expect, test } from 'vitest';
import { setupOf } from './agent-setup.ts';
import { changedText } from './edit-configuration.ts';

type Agent = 'claude' | 'codex' | 'gemini' | 'opencode';

/** The text of the file of an agent whose name ends so, after the change. */
function changed(agent: Agent, name: string, text: string, remove = false): string {
  const wish = {
    agent,
    scope: 'project',
    home: '/tmp/user',
    project: '/tmp/project',
    program: ['tutti'],
    takes_work: false,
    isThere: () => false,
  } as const;
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
    ['codex', 'hooks.json', '{"hooks": [}', 'line 1, column 12: Value expected.'],
    ['claude', '.mcp.json', '{\n  "a": 1,\n  b: 2}', 'line 3, column 3: '],
    ['claude', 'settings.json', '{"a":1} {}', 'line 1, column 9: End of file expected.'],
    ['gemini', 'settings.json', '{"hooks": 7}', 'hooks is no object'],
    ['gemini', 'settings.json', '{"a":1,"b":{"a":"x: y","c":[{"a":2,"a":3}]}}', 'a key stands twice'],
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

describe('B6: JSON is changed in place, and taken out again byte for byte', () => {
  const texts: readonly (readonly [Agent, string, string])[] = [
    ['opencode', 'opencode.json', '{\n  // mine\n  "model": "m", // the model\n  /* why */ "theme": "x"  // last\n}\n'],
    ['opencode', 'opencode.json', '{\n  "a": 1,\n  "mcp": {\n    "other": { "command": ["x"] }, // kept\n  },\n}\n'],
    ['opencode', 'opencode.json', '{"a": [1,2,  3], "id": 12345678901234567890}'],
    ['opencode', 'opencode.json', '{ "a": 1, }'],
    ['opencode', 'opencode.json', '{\r\n\t"a": {"b": 1}, // c\r\n}\r\n'],
    ['opencode', 'opencode.json', '{\n  // nothing yet\n}\n'],
    ['opencode', 'opencode.json', '// a comment, with { and ","\n{\n    "a": 1\n\n    // the end\n}\n// after it'],
    ['gemini', 'settings.json', '{"mcpServers":{"other":{"command":"x"}},"hooks":{"BeforeAgent":[{"hooks":[]}]}}'],
    [
      'gemini',
      'settings.json',
      '{\n  "hooks": {\n    "AfterTool": [\n      // mine\n      { "hooks": [] }, // one\n    ],\n  },\n  "z": 1e3,\n}',
    ],
    [
      'claude',
      'settings.json',
      '{\n  "hooks": {\n    "Stop": [{ "hooks": [{ "type": "command", "command": "say done" }] }]\n  },\n  "model": "opus"\n}\n',
    ],
  ];
  test.each(texts)('%s: %s: %j', (agent, name, text) => {
    const after = changed(agent, name, text);
    expect(after).not.toBe(text);
    for (const comment of text.match(/\/\/[^\r\n]*|\/\*.*?\*\//g) ?? []) expect(after).toContain(comment);
    expect(changed(agent, name, after)).toBe(after);
    expect(changed(agent, name, after, true)).toBe(text);
  });

  test('an entry of ours that is out of date is written anew where it stands', () => {
    const text = '{\n  "mcp": {\n    "tutti": { "type": "local", "command": ["tutti", "mcp"] }, // by hand\n    "b": {}\n  }\n}\n';
    const after = changed('opencode', 'opencode.json', text);
    expect(after).toMatch(/"tutti": \{.*"timeout":60000\}, \/\/ by hand\n {4}"b": \{\}/);
  });
});
