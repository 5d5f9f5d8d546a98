/**
 * A small server of the Model Context Protocol over stdio, for tests: one tool, `note`, which answers what it was given.
 */
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

interface Call {
  readonly id?: number | string;
  readonly method: string;
  readonly params?: { readonly protocolVersion?: string; readonly arguments?: { readonly text?: string } };
}

const tool = {
  name: 'note',
  description: 'Notes a text.',
  inputSchema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
};

function resultOf({ method, params }: Call): unknown {
  if (method === 'initialize') {
    const protocolVersion = params?.protocolVersion ?? '2025-06-18';
    return { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'notes', version: '1.0.0' } };
  }
  if (method === 'tools/list') return { tools: [tool] };
  if (method === 'tools/call') {
    const secret = process.env['NOTE_SECRET'] === undefined ? '' : ', and the secret is there';
    return { content: [{ type: 'text', text: `noted: ${params?.arguments?.text ?? ''}${secret}` }] };
  }
  return {};
}

// Tests see by this file that somebody started it.
if (process.env['NOTE_STARTED'] !== undefined) writeFileSync(process.env['NOTE_STARTED'], String(process.pid));

createInterface({ input: process.stdin }).on('line', (line) => {
  const call = JSON.parse(line) as Call;
  if (call.id === undefined) return;
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id: call.id, result: resultOf(call) })}\n`);
});
