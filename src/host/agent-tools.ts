/**
 * Tutti's operations as tools of a connector's model, from the same table as those of MCP: called as the worker's session,
 * over the worker's own connection.
 * Invariants: what the worker does itself is not offered: a model neither ends nor changes its session and takes no work
 * beside its task; what it is told stays short.
 */
import type { TuttiClient } from '../client/client.ts';
import type { OperationName } from '../contract/operations.ts';
import { callTool } from '../mcp/call-tool.ts';
import type { McpBackend } from '../mcp/mcp-backend.ts';
import { mcpTools } from '../mcp/tools.ts';
import type { RunTool } from '../runners/runner.ts';

/** What the worker does for its session. */
const WORKERS_OWN: ReadonlySet<OperationName> = new Set([
  'session.register',
  'session.deregister',
  'session.heartbeat',
  'work.request',
  'work.claim',
  'work.complete',
  'work.park',
]);
/** Characters of an answer; a model pays for each, in every turn that follows. */
const LONGEST_ANSWER = 24_000;
const ANSWER_WITHIN_MS = 60_000;

/** The tools, called as this session. */
export function agentTools(client: TuttiClient, session_id: string): readonly RunTool[] {
  const backend: McpBackend = {
    session: session_id,
    registersAgain: false,
    call: (operation, input, { signal }) => client.call(operation, input, { signal, timeoutMs: ANSWER_WITHIN_MS }),
  };
  const offered = Array.from(mcpTools().values()).filter(({ operation }) => !WORKERS_OWN.has(operation));
  return offered.map((tool) => ({
    name: tool.name,
    description: tool.description,
    input_schema: tool.inputSchema,
    async call(input, signal) {
      const args =
        typeof input === 'object' && input !== null && !Array.isArray(input) ? (input as Readonly<Record<string, unknown>>) : null;
      if (args === null) throw new TypeError('The arguments are no JSON object.');
      const { content, isError } = await callTool(backend, tool, args, { signal, progress: null });
      const text = shortened(content.map((part) => part.text).join('\n'));
      if (isError === true) throw new TypeError(text);
      return text;
    },
  }));
}

function shortened(text: string): string {
  if (text.length <= LONGEST_ANSWER) return text;
  return `${text.slice(0, LONGEST_ANSWER)}\n[${text.length - LONGEST_ANSWER} characters were left out: ask for less, or for one of them.]`;
}
