/**
 * tutti mcp: what an agent program starts to speak with Tutti.
 */
import type { CliCommand } from '../command.ts';

/** tutti mcp */
export const mcpCommand: CliCommand = {
  path: 'mcp',
  summary: 'Serve the Model Context Protocol on stdin and stdout, for the agent program that starts it.',
  doing: 'serve the agent',
  graceful: true,
  examples: [
    { run: 'tutti install claude', says: 'Let Claude Code start it; also codex, gemini, opencode' },
    { run: 'claude mcp add tutti -- tutti mcp', says: 'By hand' },
    { run: 'npx @modelcontextprotocol/inspector --cli tutti mcp --method tools/list', says: 'Look at its tools' },
  ],
  run: async (context) => (await import('../serve/run-mcp.ts')).runMcp(context),
};
