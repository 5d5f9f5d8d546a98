/**
 * Row B6: `tutti install` sets agent programs up, shows what it changes, takes it out again, and touches nothing else.
 */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { failureOf, Project } from './tutti.ts';

let project: Project;
let home: string;

beforeEach(() => {
  project = new Project();
  home = join(project.folder, 'home');
  mkdirSync(home);
});

afterEach(() => project.remove());

const install = (...args: string[]) => project.run(['install', ...args], { env: { HOME: home } });
const at = (...path: string[]): string => join(project.folder, ...path);
const json = (...path: string[]): unknown => JSON.parse(readFileSync(at(...path), 'utf8'));

function given(path: string, text: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

describe('B6 tutti install', () => {
  test('claude: server with alwaysLoad and hooks, beside what is there; --remove leaves that as it was', async () => {
    const stop = [{ hooks: [{ type: 'command', command: 'say done' }] }];
    // An event of a name that every object has is one like any other.
    const own = { hooks: { Stop: stop, constructor: stop }, model: 'opus' };
    const settings = given(at('.claude', 'settings.json'), `${JSON.stringify(own, null, 4)}\n`);
    const servers = given(at('.mcp.json'), '{"mcpServers":{"other":{"command":"x"}}}');
    const shown = await install('claude', '--dry-run', '--command', 'tutti');
    expect(shown.stdout).toMatch(/\+ .*"tutti": \{/);
    expect(shown.stdout).toMatch(/\+ .*tutti hook claude # tutti/);
    expect(json('.mcp.json')).toEqual({ mcpServers: { other: { command: 'x' } } });
    expect((await install('claude', '--command', 'tutti')).code).toBe(0);
    expect(json('.mcp.json')).toMatchObject({
      mcpServers: { other: { command: 'x' }, tutti: { command: 'tutti', args: ['mcp'], alwaysLoad: true } },
    });
    const { hooks } = json('.claude', 'settings.json') as {
      hooks: Record<string, { hooks: { command: string; asyncRewake?: boolean }[] }[]>;
    };
    const events = ['Notification', 'PostToolUse', 'SessionEnd', 'SessionStart', 'Stop', 'UserPromptSubmit', 'constructor'];
    expect(Object.keys(hooks).sort()).toEqual(events);
    expect(hooks['Stop']?.[0]?.hooks[0]?.command).toBe('say done');
    expect(hooks['SessionStart']?.[0]?.hooks[1]).toMatchObject({ command: 'tutti hook claude --wake # tutti', asyncRewake: true });
    expect(statSync(settings).mode & 0o777).toBe(0o600);
    expect((await install('claude', '--command', 'tutti')).stderr).toContain('set up already');
    expect((await install('claude', '--remove')).code).toBe(0);
    expect(readFileSync(settings, 'utf8')).toBe(`${JSON.stringify(own, null, 4)}\n`);
    expect(JSON.parse(readFileSync(servers, 'utf8'))).toEqual({ mcpServers: { other: { command: 'x' } } });
  });

  test('--user writes into the home folder, and a file that only we filled goes when we go', async () => {
    expect((await install('claude', '--user', '--work')).code).toBe(0);
    expect(json('home', '.claude.json')).toMatchObject({ mcpServers: { tutti: { args: expect.arrayContaining(['mcp']) } } });
    expect(readFileSync(at('home', '.claude', 'settings.json'), 'utf8')).toContain('--wake --work # tutti');
    expect((await install('claude', '--user', '--remove')).code).toBe(0);
    expect(existsSync(at('home', '.claude.json'))).toBe(false);
    expect((await install('claude', '--user', '--remove')).stderr).toContain('Nothing of Tutti is there');
  });

  test('codex: a block in config.toml that goes again, and hooks', async () => {
    const text = '# mine\nmodel = "o"\n\n[mcp_servers.other]\ncommand = "x"\n';
    const config = given(at('.codex', 'config.toml'), text);
    expect((await install('codex', '--command', 'node /opt/tutti.mjs')).code).toBe(0);
    expect(readFileSync(config, 'utf8')).toContain(
      '[mcp_servers.tutti]\ncommand = "node"\nargs = ["/opt/tutti.mjs","mcp"]\nstartup_timeout_sec = 60\n',
    );
    expect(readFileSync(config, 'utf8').startsWith(text.trimEnd())).toBe(true);
    expect(json('.codex', 'hooks.json')).toMatchObject({ hooks: { SessionStart: [{ hooks: [{ type: 'command' }] }] } });
    expect((await install('codex', '--command', 'node /opt/tutti.mjs')).stderr).toContain('set up already');
    expect((await install('codex', '--remove')).code).toBe(0);
    expect(readFileSync(config, 'utf8')).toBe(text);
    expect(existsSync(at('.codex', 'hooks.json'))).toBe(false);
  });

  test('gemini and opencode', async () => {
    await install('gemini', '--command', 'tutti');
    expect(json('.gemini', 'settings.json')).toMatchObject({
      mcpServers: { tutti: { command: 'tutti', args: ['mcp'] } },
      hooks: { BeforeAgent: [{ hooks: [{ name: 'tutti', command: 'tutti hook gemini # tutti' }] }] },
    });
    await install('opencode', '--command', 'tutti');
    expect(json('opencode.json')).toEqual({ mcp: { tutti: { type: 'local', command: ['tutti', 'mcp'], enabled: true, timeout: 60_000 } } });
    for (const agent of ['gemini', 'opencode']) await install(agent, '--remove');
    expect([existsSync(at('.gemini', 'settings.json')), existsSync(at('opencode.json'))]).toEqual([false, false]);
  });

  test('comments and trailing commas stay, and go on being read; no second file is made beside an opencode.jsonc', async () => {
    const text = '{\n  // mine\n  "model": "m", /* and */\n  "mcp": {\n    "other": { "enabled": false }, // off\n  },\n}\n';
    const file = given(at('opencode.jsonc'), text);
    const shown = await install('opencode', '--dry-run', '--command', 'tutti');
    expect(shown.stdout).toMatch(/\+ +"tutti": \{/);
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect((await install('opencode', '--command', 'tutti')).code).toBe(0);
    expect(existsSync(at('opencode.json'))).toBe(false);
    expect(readFileSync(file, 'utf8')).toContain('"other": { "enabled": false }, // off\n    "tutti": {\n      "type": "local",');
    expect((await install('opencode', '--command', 'tutti')).stderr).toContain('set up already');
    expect((await install('opencode', '--remove')).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(text);
    // Set up before that file was there: it moves, instead of standing twice.
    rmSync(file);
    await install('opencode', '--command', 'tutti');
    given(file, text);
    expect((await install('opencode', '--command', 'tutti')).code).toBe(0);
    expect([existsSync(at('opencode.json')), readFileSync(file, 'utf8').includes('"tutti"')]).toEqual([false, true]);
  });

  test('refuses what is not ours and what it cannot read, and changes nothing then', async () => {
    const foreign = '{"mcpServers":{"tutti":{"command":"somebody","args":["else"]}}}';
    given(at('.mcp.json'), foreign);
    const refused = await install('claude');
    expect([refused.code, failureOf(refused)]).toEqual([6, expect.objectContaining({ code: 'configuration_foreign' })]);
    expect([readFileSync(at('.mcp.json'), 'utf8'), existsSync(at('.claude'))]).toEqual([foreign, false]);
    given(at('opencode.json'), '{ "mcp": [ // a comment\n}');
    expect(failureOf(await install('opencode'))).toMatchObject({ code: 'configuration_unreadable' });
    given(at('.codex', 'config.toml'), '[mcp_servers.tutti]\ncommand = "x"\n');
    expect(failureOf(await install('codex'))).toMatchObject({ code: 'configuration_foreign' });
    rmSync(at('opencode.json'));
    given(at('opencode.json'), '{}');
    chmodSync(at('opencode.json'), 0o444);
    expect(failureOf(await install('opencode'))).toMatchObject({ code: 'configuration_readonly' });
    expect(readFileSync(at('opencode.json'), 'utf8')).toBe('{}');
    expect((await install('emacs')).code).toBe(2);
    expect((await install('gemini', '--work')).code).toBe(2);
    expect((await install('claude', '--user', '--project')).code).toBe(2);
  });

  test('a broken file is refused with the place and what to do, and neither it nor any other is changed', async () => {
    const text = 'model = "o"\n[mcp_servers.other\ncommand = "x"\n';
    const file = given(at('.codex', 'config.toml'), text);
    const refused = await install('codex', '--command', 'tutti');
    expect([refused.code, failureOf(refused)]).toMatchObject([2, { code: 'configuration_unreadable' }]);
    expect(failureOf(refused).why).toContain('config.toml cannot be changed: line 2, column 19: ');
    expect(failureOf(refused).next).toContain('Nothing was changed.');
    expect([readFileSync(file, 'utf8'), readdirSync(at('.codex'))]).toEqual([text, ['config.toml']]);
    writeFileSync(at('opencode.json'), Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]));
    expect(failureOf(await install('opencode'))).toMatchObject({ code: 'configuration_unreadable' });
  });

  test('a file that is kept elsewhere behind a link stays there; odd entries of others stay as they are', async () => {
    const odd = { hooks: { Stop: [null, 3, { hooks: [null] }] }, mcpServers: { other: null } };
    given(at('dotfiles', 'gemini.json'), JSON.stringify(odd));
    mkdirSync(at('.gemini'));
    symlinkSync('../dotfiles/gemini.json', at('.gemini', 'settings.json'));
    symlinkSync('dotfiles/opencode.json', at('opencode.json'));
    for (const agent of ['gemini', 'opencode']) expect((await install(agent, '--command', 'tutti')).code).toBe(0);
    expect(json('dotfiles', 'gemini.json')).toMatchObject({ ...odd, mcpServers: { other: null, tutti: { command: 'tutti' } } });
    expect(json('dotfiles', 'opencode.json')).toMatchObject({ mcp: { tutti: { type: 'local' } } });
    expect([lstatSync(at('.gemini', 'settings.json')), lstatSync(at('opencode.json'))].map((each) => each.isSymbolicLink())).toEqual([
      true,
      true,
    ]);
    expect((await install('gemini', '--remove')).code).toBe(0);
    expect(json('dotfiles', 'gemini.json')).toEqual(odd);
  });

  test.each(['', '  '])('a command that names no program is refused: %j', async (command) => {
    expect(failureOf(await install('claude', '--command', command))).toMatchObject({ code: 'usage' });
    expect(existsSync(at('.mcp.json'))).toBe(false);
  });
});
