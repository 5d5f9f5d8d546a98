/**
 * docs/reference/mcp.md: every tool and resource, from the operations table.
 */
import { MCP_INSTRUCTIONS } from '../../src/mcp/build-server.ts';
import { RESOURCE_TEMPLATES } from '../../src/mcp/resources.ts';
import { type McpTool, mcpTools } from '../../src/mcp/tools.ts';
import { markdownTable, type ReferenceGenerator } from './generator.ts';

/** Writes every tool in the order of the table. */
export const mcpReference: ReferenceGenerator = { file: 'docs/reference/mcp.md', generate: mcpText };

interface Field {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Field[];
}

function mcpText(): string {
  const tools = Array.from(mcpTools().values());
  return `# MCP

Generated from the operations table by \`npm run docs:generate\`; do not edit.

Agents reach Tutti through the Model Context Protocol, of the current era (2026-07-28) and the one before: at \`/mcp\` and \`/s/{swarm}/mcp\` of
the server (streamable HTTP, without protocol sessions), and through \`tutti mcp\` on stdin and stdout. \`tutti install claude\`, \`codex\`, \`gemini\`
and \`opencode\` set it up.

Who calls is never an argument. Over HTTP: the header \`authorization: Bearer TOKEN\`, and in \`tutti-session\` the credential of a session, which
then speaks for itself only. Beside an agent: \`TUTTI_TOKEN\`, \`TUTTI_SESSION\` and \`TUTTI_CREDENTIAL\` in the environment, or the session that the
agent's hooks registered, or the one that the tool \`register\` makes; that one is kept alive by heartbeats while the agent runs, and leaves with it.

What is refused comes back as a tool error: why, its code (see [errors](errors.md)) and the next step. While Tutti is away, \`tutti mcp\` still lists its
tools, every call fails soon with \`server_not_found\` or \`server_unreachable\`, and the next one looks for the server again. \`wait\` is cut into
slices of 10 s with a word of progress after each; a client that wants no progress waits at most 50 s.

An agent is told, when it connects:

\`\`\`text
${MCP_INSTRUCTIONS}
\`\`\`

## Tools

${markdownTable(['tool', 'what it does', 'role', 'hint'], tools.map(toolRow))}

## Resources

${markdownTable(
  ['address', 'what it is'],
  [['`tutti://status`', 'The whole team at a glance.'], ...RESOURCE_TEMPLATES.map((each) => [`\`${each.uriTemplate}\``, each.description])],
)}

${tools.map(toolText).join('\n\n')}
`;
}

function toolRow({ name, description, role, annotations }: McpTool): string[] {
  const hint = annotations.readOnlyHint === true ? 'reads only' : annotations.destructiveHint === true ? 'destructive' : '';
  return [`[\`${name}\`](#${name})`, description, role, hint];
}

function toolText({ name, description, inputSchema }: McpTool): string {
  const required = (inputSchema['required'] ?? []) as readonly string[];
  const rows = Object.entries(inputSchema['properties'] as Readonly<Record<string, Field>>).map(([field, schema]) => [
    `\`${field}\`${required.includes(field) ? ' *' : ''}`,
    typeOf(schema),
    schema.description ?? '',
  ]);
  const table = rows.length === 0 ? 'No arguments.' : markdownTable(['argument (* needed)', 'type', 'meaning'], rows);
  return `### ${name}\n\n${description}\n\n${table}`;
}

function typeOf(field: Field): string {
  if (field.enum !== undefined) return field.enum.join(', ');
  if (field.anyOf !== undefined) return field.anyOf.map(typeOf).join(' or ');
  return field.type ?? 'any';
}
