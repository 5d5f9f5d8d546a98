/**
 * Calls operations over HTTP as the rows of the requirements name them; every answer is held against the contract.
 */
import { expect } from 'vitest';
import type { z } from 'zod';
import type { HttpPath } from '../../src/contract/operation.ts';
import { OPERATIONS, type OperationName, type OutputOf } from '../../src/contract/operations.ts';
import type { TestRequest, TestServer } from '../support/start-test-server.ts';

/** A time as it is shown. */
export const ISO: RegExp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** The path that an operation's row names. */
export function firstPath(name: OperationName): HttpPath {
  const [first] = OPERATIONS[name].paths;
  if (first === undefined) throw new Error(`${name} has no path`);
  return first;
}

/** Calls that must succeed. */
export interface Calls {
  /** Sends a request that must succeed with what the contract says of this operation. */
  readonly ask: <N extends OperationName>(name: N, path: string, request?: TestRequest) => Promise<OutputOf<N>>;
  readonly register: (session_id: string, more?: object) => Promise<OutputOf<'session.register'>>;
  readonly add: (task: object) => Promise<OutputOf<'work.add'>>;
  readonly requestWork: (session_id: string) => Promise<OutputOf<'work.request'>>;
  readonly claim: (session_id: string, task_id: string) => Promise<OutputOf<'work.claim'>>;
  readonly complete: (body: object) => Promise<OutputOf<'work.complete'>>;
  readonly status: () => Promise<OutputOf<'swarm.status'>>;
  readonly show: (task_id: string) => Promise<OutputOf<'task.show'>>;
}

/** The calls, to the server that there is at the time. */
export function callsTo(server: () => TestServer): Calls {
  const ask = async <N extends OperationName>(name: N, path: string, request: TestRequest = {}): Promise<OutputOf<N>> => {
    const response = await server().request(path, request);
    expect(response).toMatchObject({ status: 200 });
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const schema: z.ZodType = OPERATIONS[name].output;
    expect(schema.safeParse(response.body).error).toBeUndefined();
    return response.body as OutputOf<N>;
  };
  return {
    ask,
    register: (session_id, more = {}) =>
      ask('session.register', '/session/register', { body: { session_id, capabilities: ['build'], ...more } }),
    add: (task) => ask('work.add', '/work/add', { body: { type: 'build', title: 'Build it', required_capability: 'build', ...task } }),
    requestWork: (session_id) => ask('work.request', `/work/request?session_id=${session_id}`),
    claim: (session_id, task_id) => ask('work.claim', '/work/claim', { body: { session_id, task_id } }),
    complete: (body) => ask('work.complete', '/work/complete', { body }),
    status: () => ask('swarm.status', '/swarm/status'),
    show: (task_id) => ask('task.show', `/task/${task_id}`),
  };
}
