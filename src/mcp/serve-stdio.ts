/**
 * Serves the Model Context Protocol on this process's stdin and stdout, until stdin ends.
 */
import { serveStdio, StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { buildMcpServer } from './build-server.ts';
import { StdioBackend, type StdioOptions } from './stdio-backend.ts';

/** Serves one agent; resolves once it has gone and its session has been let go. */
export async function serveMcpOnStdio(options: StdioOptions): Promise<void> {
  const backend = new StdioBackend(options);
  const gone = new Promise<void>((resolve) => {
    process.stdin.once('end', resolve).once('close', resolve);
  });
  const handle = serveStdio(() => buildMcpServer(backend), { transport: new StdioServerTransport() });
  await gone;
  await backend.close();
  await handle.close();
}
