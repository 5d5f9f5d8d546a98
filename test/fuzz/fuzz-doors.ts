/**
 * The doors of a server as fuzzing uses them: HTTP with every path, WebSocket frames, MCP calls, and broken bytes at each.
 * Every answer is judged: it comes, it is no unexplained failure of the server, and a refusal has a code of the catalogue.
 */
import { WebSocket } from 'ws';
import { ERRORS, type ErrorCode } from '../../src/contract/error-catalogue.ts';
import { OPERATIONS, type OperationName } from '../../src/contract/operations.ts';
import type { SeededRandom } from '../simulation/seeded-random.ts';
import type { HostileCall, HostileCalls } from './hostile-calls.ts';

/** How long an answer may take on a machine with other work, ms. */
const PATIENCE_MS = 120_000;

/** Where the server is, and who is told what is wrong with it. */
export interface FuzzTarget {
  readonly url: string;
  readonly token: string;
  readonly random: SeededRandom;
  readonly calls: HostileCalls;
  /** An answer that must not be. */
  readonly violate: (what: string) => void;
  /** The code of an answer: `ok`, or that of a refusal. */
  readonly answered: (door: string, code: string) => void;
  /** A command was refused: its id may stand at no event. */
  readonly refused: (command_id: string) => void;
}

/** Sends one request. */
export type FuzzDoor = () => Promise<void>;

/** Judges the answer to a call: a problem, or null for a success. */
function judge(
  target: FuzzTarget,
  door: string,
  call: HostileCall | null,
  problem: { readonly code?: unknown; readonly status?: unknown } | null,
): void {
  if (problem === null) {
    target.answered(door, 'ok');
    return;
  }
  const code = String(problem.code);
  target.answered(door, code);
  const said = `${door} ${JSON.stringify(call)?.slice(0, 400)}: ${JSON.stringify(problem).slice(0, 400)}`;
  if (!Object.hasOwn(ERRORS, code)) target.violate(`a code that is not in the catalogue: ${said}`);
  else if (code === 'internal') target.violate(`a failure that nobody understands: ${said}`);
  else if (ERRORS[code as ErrorCode].http !== problem.status) target.violate(`a status that is not that of its code: ${said}`);
  if (Number(problem.status) < 500 && call !== null && call.command_id !== null) target.refused(call.command_id);
}

async function within<T>(promise: Promise<T>, what: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer: ${what()}`)), PATIENCE_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** HTTP: every path of an operation, now and then with a broken body, token, method or type. */
export function httpDoor(target: FuzzTarget): FuzzDoor {
  const { random, url, token } = target;
  return async () => {
    const call = target.calls.next();
    const { path, method, body } = requestOf(call, random);
    const broken = random.chance(0.08);
    const headers: Record<string, string> = { authorization: random.chance(0.02) ? 'Bearer nonsense' : `Bearer ${token}` };
    if (body !== null)
      headers['content-type'] = random.chance(0.03) ? random.pick(['text/plain', 'application/xml', 'x']) : 'application/json';
    if (random.chance(0.02)) headers['tutti-session'] = random.pick(['nonsense', 'a.b.c', 'x'.repeat(5000)]);
    if (random.chance(0.02)) headers['host'] = 'evil.example';
    const sent =
      body === null
        ? undefined
        : broken
          ? random.pick([body.slice(0, body.length / 2), `${body}{`, '\uFEFF', '[', body.replaceAll('"', "'")])
          : body;
    const response = await within(
      fetch(url + path, { method, headers, ...(sent === undefined ? {} : { body: sent }) }),
      () => `${method} ${path}`,
    );
    const text = await response.text();
    if (response.ok) return judge(target, 'http', call, null);
    judge(target, 'http', broken ? null : call, parsed(text) ?? { code: `no problem but ${text.slice(0, 200)}`, status: response.status });
  };
}

function requestOf({ operation, input }: HostileCall, random: SeededRandom): { path: string; method: string; body: string | null } {
  const swarm = random.chance(0.9) ? '' : `/s/${random.chance(0.7) ? 'default' : encoded(operation)}`;
  if (!Object.hasOwn(OPERATIONS, operation))
    return { path: `${swarm}/${encoded(operation)}`, method: random.pick(['GET', 'POST', 'PUT', 'DELETE']), body: null };
  const found = random.pick(OPERATIONS[operation as OperationName].paths);
  const fields: Record<string, unknown> = typeof input === 'object' && input !== null && !Array.isArray(input) ? { ...input } : {};
  const path = found.path.replaceAll(/\{(\w+)\}/g, (_whole, field: string) => {
    const value = fields[field];
    delete fields[field];
    return encoded(textOf(value)) || 'x';
  });
  const method = random.chance(0.02) ? random.pick(['GET', 'POST', 'PUT', 'DELETE', 'PATCH']) : found.method;
  if (method !== 'GET')
    return {
      path: swarm + path,
      method,
      body: JSON.stringify(Array.isArray(input) || typeof input !== 'object' ? input : fields) ?? 'undefined',
    };
  const query = Object.entries(fields).map(([field, value]) => `${encoded(field)}=${encoded(textOf(value).slice(0, 4000))}`);
  return { path: `${swarm}${path}?${query.join('&')}`, method, body: null };
}

function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(/^\.{1,2}$/, 'dots');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function parsed(text: string): { readonly code?: unknown; readonly status?: unknown } | null {
  try {
    return JSON.parse(text) as { readonly code?: unknown };
  } catch {
    return null;
  }
}

interface Frame {
  readonly type: string;
  readonly ok?: boolean;
  readonly error?: { readonly code: string; readonly status: number };
  readonly results?: readonly Frame[];
}

/** WebSocket: calls, batches of them, other frames and broken ones; one at a time on a connection that is opened again when it was closed. */
export function socketDoor(target: FuzzTarget): FuzzDoor & { close(): void } {
  const { random, url, token } = target;
  let socket: WebSocket | null = null;
  let heard: (frame: Frame | null) => void = () => undefined;
  const connect = async (): Promise<WebSocket> => {
    const made = new WebSocket(`${url.replace('http', 'ws')}/swarm/realtime?topics=`, 'tutti', {
      headers: { authorization: `Bearer ${token}` },
    });
    made.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as Frame;
      if (['result', 'results', 'error', 'pong', 'welcome', 'subscribed', 'unsubscribed', 'working', 'reset'].includes(frame.type))
        heard(frame);
    });
    made.on('error', () => undefined);
    made.on('close', () => {
      socket = null;
      heard(null);
    });
    await new Promise<void>((resolve, reject) => {
      made.once('open', () => resolve());
      made.once('close', () => reject(new Error('the WebSocket does not open')));
    });
    return made;
  };
  const send = async (): Promise<void> => {
    const open = (socket ??= await connect());
    const calls = Array.from({ length: random.chance(0.1) ? random.whole(2, 20) : 1 }, () => target.calls.next());
    const { text, isCall } = frameOf(calls, random);
    const answer = await within(
      new Promise<Frame | null>((resolve) => {
        heard = resolve;
        open.send(text);
      }),
      () => text.slice(0, 500),
    );
    if (answer === null) return target.answered('ws', 'closed');
    const results = answer.results ?? [answer];
    for (const [index, { ok, error }] of results.entries())
      judge(target, 'ws', isCall ? (calls[index] ?? null) : null, ok === false || error !== undefined ? (error ?? {}) : null);
  };
  return Object.assign(send, { close: () => socket?.terminate() });
}

function frameOf(calls: readonly HostileCall[], random: SeededRandom): { text: string; isCall: boolean } {
  const [first] = calls as [HostileCall];
  const { operation, input } = first;
  if (random.chance(0.85)) {
    const frame =
      calls.length === 1
        ? { type: 'call', id: 1, operation, input }
        : { type: 'calls', id: 1, calls: calls.map((call) => ({ operation: call.operation, input: call.input })) };
    return { text: JSON.stringify(frame), isCall: true };
  }
  const type = random.pick(['hello', 'subscribe', 'unsubscribe', 'work', 'ping', 'call', 'calls', operation]);
  const nonsense = random.pick<unknown>([
    { type, ...(input as object) },
    { type, id: input },
    { type, topics: input, calls: input },
    input,
    [type],
    { type, token: 'x' },
  ]);
  const text = JSON.stringify(nonsense) ?? 'undefined';
  return { text: random.chance(0.2) ? text.slice(0, text.length / 2) : text, isCall: false };
}

/** MCP: tool calls with any arguments, and messages that are none. */
export function mcpDoor(target: FuzzTarget): FuzzDoor {
  const { random, url, token } = target;
  return async () => {
    const call = target.calls.next();
    const tool = Object.hasOwn(OPERATIONS, call.operation) ? OPERATIONS[call.operation as OperationName].tool : call.operation;
    const method = random.chance(0.9) ? 'tools/call' : random.pick(['tools/list', 'resources/read', 'initialize', 'ping', call.operation]);
    const message = {
      jsonrpc: random.chance(0.97) ? '2.0' : 1,
      id: random.pick<unknown>([1, 'a', null, {}]),
      method,
      params: { name: tool ?? call.operation, arguments: call.input },
    };
    const body = JSON.stringify(random.chance(0.05) ? call.input : message) ?? 'undefined';
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: random.chance(0.97) ? 'application/json, text/event-stream' : 'text/html',
      'mcp-protocol-version': random.chance(0.95) ? '2025-11-25' : 'nonsense',
    };
    const response = await within(fetch(`${url}/mcp`, { method: 'POST', headers, body }), () => body.slice(0, 500));
    const text = await response.text();
    target.answered('mcp', response.ok ? 'ok' : String(response.status));
    if (response.status >= 500 || /"code":\s*"internal"/.test(text))
      target.violate(`mcp ${response.status} to ${body.slice(0, 400)}: ${text.slice(0, 400)}`);
  };
}
