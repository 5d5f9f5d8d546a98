/**
 * The tools, derived from the operations table: every operation that names one. Invariant: no tool takes a credential.
 */
import type { Operation } from '../contract/operation.ts';
import { OPERATIONS, type OperationName } from '../contract/operations.ts';
import { type ToolSchema, toolSchema } from './tool-schema.ts';

/** One tool. */
export interface McpTool {
  readonly name: string;
  readonly operation: OperationName;
  readonly description: string;
  readonly inputSchema: ToolSchema & { readonly type: 'object' };
  readonly annotations: {
    readonly title: string;
    readonly readOnlyHint: boolean;
    readonly destructiveHint: boolean;
    readonly idempotentHint: boolean;
    /** Tools act on the team only. */
    readonly openWorldHint: false;
  };
  /** The role of the token that it needs. */
  readonly role: string;
  /** Its input has a session. */
  readonly takesSession: boolean;
  /** Its input needs a session. */
  readonly needsSession: boolean;
  /** It can wait for something to happen. */
  readonly waits: boolean;
}

let made: ReadonlyMap<string, McpTool> | null = null;

/** Every tool by name, in the order of the table; made when it is first asked for. */
export function mcpTools(): ReadonlyMap<string, McpTool> {
  made ??= new Map((Object.keys(OPERATIONS) as OperationName[]).flatMap((name) => entryOf(name)));
  return made;
}

function entryOf(operation: OperationName): [string, McpTool][] {
  const { tool, summary, input, kind, paths, role, destructive }: Operation = OPERATIONS[operation];
  if (tool === null) return [];
  const inputSchema = toolSchema(input);
  const properties = inputSchema['properties'] as Readonly<Record<string, unknown>>;
  const isQuery = kind === 'query' || (kind === 'live' && paths.every(({ method }) => method === 'GET'));
  const annotations = {
    title: titleOf(tool),
    readOnlyHint: isQuery,
    destructiveHint: destructive,
    idempotentHint: isQuery,
    openWorldHint: false as const,
  };
  const takesSession = 'session_id' in properties && operation !== 'session.show' && !isFilter(operation);
  const needsSession = takesSession && !input.safeParse({}).error?.issues.every(({ path }) => path[0] !== 'session_id');
  const description = isQuery ? summary : `${summary}${destructive ? ' This cannot be undone.' : ''}`;
  const entry = { name: tool, operation, description, inputSchema, annotations, role };
  return [[tool, { ...entry, takesSession, needsSession, waits: 'wait' in properties }]];
}

/** In lists a session is a filter, not who calls. */
function isFilter(operation: OperationName): boolean {
  return operation.endsWith('.list');
}

function titleOf(tool: string): string {
  const words = tool.replaceAll('_', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
