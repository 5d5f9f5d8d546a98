/**
 * Row E11: the configuration names the MCP servers of agents; secrets stand in it by their names.
 */
import { expect, test } from 'vitest';
import { chosenServers } from '../../src/cli/serve/chosen-servers.ts';
import { configurationSchema } from '../../src/config/configuration-schema.ts';

const configuration = configurationSchema.parse({
  mcp_servers: {
    github: { command: 'npx -y github-mcp', env: { TOKEN: 'secret:GITHUB_TOKEN', MODE: 'read' } },
    docs: { url: 'https://docs.example.org/mcp', headers: { authorization: 'secret:DOCS' } },
    exact: { command: ['/opt/a server', 'mcp'] },
  },
});

test('E11: servers are chosen by name, with the values of their secrets', () => {
  const env = { GITHUB_TOKEN: 'g-1', DOCS: 'Bearer d-1' };
  expect(chosenServers(['github', 'docs', 'exact', 'github'], configuration, env)).toEqual([
    { name: 'github', command: 'npx', args: ['-y', 'github-mcp'], env: { TOKEN: 'g-1', MODE: 'read' } },
    { name: 'docs', url: 'https://docs.example.org/mcp', headers: { authorization: 'Bearer d-1' } },
    { name: 'exact', command: '/opt/a server', args: ['mcp'], env: {} },
  ]);
});

test.each([
  ['github', 'its TOKEN is the secret GITHUB_TOKEN, which is not set in the environment'],
  ['constructor', 'mcp_servers has no server constructor; known: github, docs, exact'],
])('E11: %s is refused, and what is missing is said', (name, reason) => {
  expect(() => chosenServers([name], configuration, {})).toThrow(
    expect.objectContaining({ code: 'runner_unready', params: { runner: name, reason } }),
  );
});

test('E11: a name that an agent program could not have is refused', () => {
  expect(configurationSchema.safeParse({ mcp_servers: { 'a.b': { command: 'x' } } }).success).toBe(false);
  expect(configurationSchema.safeParse({ mcp_servers: { a: { command: 'x', url: 'https://x.org' } } }).success).toBe(false);
});
