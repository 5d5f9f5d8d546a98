/**
 * The variables by which Claude Code waits for its servers before its first turn, so that the turn has their tools.
 */
import { SERVER_PATIENCE_MS } from '../../contract/server-patience.ts';

/** They mean nothing to other programs. */
export const WAITING_FOR_SERVERS = {
  MCP_CONNECTION_NONBLOCKING: '0',
  MCP_CONNECT_TIMEOUT_MS: String(SERVER_PATIENCE_MS),
  MCP_TIMEOUT: String(SERVER_PATIENCE_MS),
};
