/**
 * The agent programs that the tests drive: which versions, and where they are kept. They are never dependencies and never
 * part of the project: each is installed by name from the registry into a cache folder outside of the repository.
 */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Exact versions: npm silently takes an older one when engines do not match. */
export const AGENT_PACKAGES: Readonly<Record<string, string>> = {
  '@agentclientprotocol/claude-agent-acp': '0.100.0',
  '@agentclientprotocol/codex-acp': '2.6.0',
  '@anthropic-ai/claude-code': '2.1.329',
  '@modelcontextprotocol/conformance': '0.1.16',
  '@modelcontextprotocol/inspector': '2.12.0',
  '@google/gemini-cli': '0.61.0',
  '@openai/codex': '0.169.0',
  'opencode-ai': '1.18.33',
};

/** Commands that these packages bring. */
export type AgentCommand = 'claude' | 'claude-agent-acp' | 'codex' | 'codex-acp' | 'conformance' | 'gemini' | 'mcp-inspector' | 'opencode';

/** The folder that they are kept in: TUTTI_AGENT_CACHE, or one below the user's cache folder. */
export function agentCache(env: Readonly<Record<string, string | undefined>>): string {
  const own = env['TUTTI_AGENT_CACHE'];
  if (own !== undefined && own !== '') return own;
  const base = env['XDG_CACHE_HOME'];
  return join(base === undefined || base === '' ? join(env['HOME'] ?? homedir(), '.cache') : base, 'tutti', 'agents');
}

/** Path of a command, or null when it is not installed. */
export function agentCommand(cache: string, command: AgentCommand): string | null {
  const path = join(cache, 'node_modules', '.bin', command);
  return existsSync(path) ? path : null;
}
