/**
 * The tools, derived from the operations table: every operation that names one. Invariant: no tool takes a credential.
 */
import type { Operation } from '../contract/operation.ts';
import { OPERATIONS, type OperationName } from '../contract/operations.ts';
import { ROLES, type Role } from '../contract/roles.ts';
import { type ToolSchema, toolSchema } from './tool-schema.ts';

/** One tool. */
export interface McpTool {
  readonly name: string;
  readonly operation: OperationName;
  readonly description: string;
  readonly inputSchema: ToolSchema & { readonly type: 'object' };
  readonly annotations: {
    /** Left out: false, as the protocol has it. */
    readonly readOnlyHint?: true;
    /** These two are left out of what only reads, where they mean nothing. */
    readonly destructiveHint?: boolean;
    /** Tools act on the team only. */
    readonly openWorldHint?: false;
  };
  /** The role of the token that it needs. */
  readonly role: Role;
  /** Its input has the session that calls. */
  readonly takesSession: boolean;
  /** Its input needs a session: the one that calls or, in what only reads, the one that is asked about. */
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

/** The tools that a role may call; of null, which nobody knows, all. */
export function toolsFor(role: Role | null): readonly McpTool[] {
  const rank = role === null ? ROLES.length : ROLES.indexOf(role);
  return Array.from(mcpTools().values()).filter((tool) => ROLES.indexOf(tool.role) <= rank);
}

function entryOf(operation: OperationName): [string, McpTool][] {
  const { tool, summary, input, kind, paths, role, destructive }: Operation = OPERATIONS[operation];
  if (tool === null) return [];
  const isQuery = kind === 'query' || (kind === 'live' && paths.every(({ method }) => method === 'GET'));
  const needsSession = input.safeParse({}).error?.issues.some(({ path }) => path[0] === 'session_id') ?? false;
  // What only reads may be about any session.
  const session = isQuery ? (needsSession ? 'subject' : 'filter') : 'caller';
  const inputSchema = toolSchema(input, session);
  const properties = inputSchema['properties'] as Readonly<Record<string, unknown>>;
  const annotations: McpTool['annotations'] = isQuery ? { readOnlyHint: true } : { destructiveHint: destructive, openWorldHint: false };
  const takesSession = !isQuery && 'session_id' in properties;
  const description = isQuery ? summary : `${summary}${destructive ? ' This cannot be undone.' : ''}`;
  const entry = { name: tool, operation, description, inputSchema, annotations, role };
  return [[tool, { ...entry, takesSession, needsSession, waits: 'wait' in properties }]];
}
