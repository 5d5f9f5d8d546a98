/**
 * What the tools and resources of the Model Context Protocol (MCP) stand on: operations, and the session that calls them.
 */
import type { OperationName } from '../contract/operations.ts';
import type { Role } from '../contract/roles.ts';

/** How one call goes. */
export interface BackendCall {
  /** Raised when the agent has given up on it. */
  readonly signal: AbortSignal;
}

/** Where operations are called, and as whom. */
export interface McpBackend {
  /** The session that the caller has proved to be, or null when it has to be named. */
  readonly session: string | null;
  /** Of the caller's token, where it is known: only what it may call is listed. */
  readonly role?: Role;
  /** Registering a session that is proved already begins a new incarnation here; otherwise it stays as it is. */
  readonly registersAgain: boolean;
  /** Told when the agent has seen its tools. Must not throw. */
  readonly onListed?: () => void;
  /** Calls an operation. Rejects with a Failure, also when the server is away, and then soon. */
  readonly call: (operation: OperationName, input: Readonly<Record<string, unknown>>, how: BackendCall) => Promise<unknown>;
}
