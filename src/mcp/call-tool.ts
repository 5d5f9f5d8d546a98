/**
 * Calls a tool: who calls is filled in, waiting is cut into slices with a word of progress after each, and what is refused
 * becomes a tool error with its code and the next step, so that the model can go on.
 * Invariants: a bound session speaks for nobody else; no credential is ever shown to a model.
 */
import { randomUUID } from 'node:crypto';
import { Failure, reasonOf } from '../contract/failure.ts';
import { agentHint } from './agent-hint.ts';
import type { McpBackend } from './mcp-backend.ts';
import type { McpTool } from './tools.ts';

/** The result of a tool as the protocol has it. */
export interface ToolAnswer {
  /** The protocol's results are open. */
  readonly [field: string]: unknown;
  readonly content: { readonly type: 'text'; readonly text: string }[];
  readonly structuredContent: Readonly<Record<string, unknown>>;
  readonly isError?: true;
}

/** What surrounds a call. */
export interface ToolCall {
  readonly signal: AbortSignal;
  /** Says that it still waits; null when nobody wants to hear. */
  readonly progress: ((seconds: number, total: number) => Promise<void>) | null;
}

/** A slice of waiting. */
const SLICE_S = 10;
/** Clients without progress commonly give up after a minute. */
const LONGEST_WITHOUT_PROGRESS_S = 50;
const LONGEST_S = 300;

type Input = Readonly<Record<string, unknown>>;

/** Calls the tool. Never rejects: whatever goes wrong is a tool error. */
export async function callTool(backend: McpBackend, tool: McpTool, args: Input, call: ToolCall): Promise<ToolAnswer> {
  try {
    const input = withSession(backend, tool, args);
    if (tool.operation === 'session.register' && backend.session !== null && !backend.registersAgain)
      return succeeded({
        status: 'registered',
        ...((await backend.call('session.show', { session_id: backend.session }, call)) as object),
      });
    const output =
      tool.waits && Number(input['wait'] ?? 0) > 0 ? await waitFor(backend, tool, input, call) : await ask(backend, tool, input, call);
    return succeeded(output);
  } catch (error) {
    return failed(error instanceof Failure ? error : new Failure('internal', { reason: reasonOf(error) }, error));
  }
}

/** The input with who calls. Throws Failure `session_needed` or `credential_invalid`. */
function withSession({ session }: McpBackend, { name, operation, takesSession, needsSession }: McpTool, args: Input): Input {
  if ('command_id' in args) throw new Failure('invalid_input', { issues: 'command_id: unknown field' });
  const named = args['session_id'];
  if (!takesSession) {
    if (!needsSession || named !== undefined) return args;
    if (session === null) throw new Failure('session_needed', { tool: name });
    return { ...args, session_id: session };
  }
  if (session !== null && named !== undefined && named !== session)
    throw new Failure('credential_invalid', { session_id: typeof named === 'string' ? named.slice(0, 128) : 'that is named' });
  if (session !== null) return { ...args, session_id: session };
  if (named === undefined && operation === 'session.register') return { ...args, session_id: `agent-${randomUUID().slice(0, 8)}` };
  if (named === undefined && needsSession) throw new Failure('session_needed', { tool: name });
  return args;
}

function ask(backend: McpBackend, { operation }: McpTool, input: Input, { signal }: ToolCall): Promise<unknown> {
  return backend.call(operation, input, { signal });
}

async function waitFor(backend: McpBackend, tool: McpTool, input: Input, call: ToolCall): Promise<unknown> {
  const longest = call.progress === null ? LONGEST_WITHOUT_PROGRESS_S : LONGEST_S;
  const total = Math.min(longest, Number(input['wait']));
  for (let waited = 0; ; waited += SLICE_S) {
    const wait = Math.min(SLICE_S, total - waited);
    const output = await ask(backend, tool, { ...input, wait }, call);
    if (isThere(output) || waited + SLICE_S >= total || call.signal.aborted) return output;
    await call.progress?.(waited + SLICE_S, total);
  }
}

/** True when what was waited for has come: a task, or the end of a decision. */
function isThere(output: unknown): boolean {
  if (typeof output !== 'object' || output === null) return true;
  if ('decision' in output) return (output.decision as { readonly status?: unknown }).status !== 'open';
  return !('task' in output) || output.task !== null;
}

function succeeded(output: unknown): ToolAnswer {
  const { credential: _secret, ...shown } = output as Record<string, unknown>;
  return { content: [{ type: 'text', text: JSON.stringify(shown) }], structuredContent: shown };
}

function failed(failure: Failure): ToolAnswer {
  const { code, message, retryable } = failure;
  const hint = agentHint(failure);
  const text = `${message} [${code}]\nNext: ${hint}${retryable ? '\nThe same call may succeed later.' : ''}`;
  return { content: [{ type: 'text', text }], structuredContent: { error: { code, message, hint, retryable } }, isError: true };
}
