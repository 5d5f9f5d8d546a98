import { describe, expect, test } from 'vitest';
import { createHttpClient } from '../../src/client/http-client.ts';
import type { Transport, TransportRequest, TransportResponse } from '../../src/client/transport.ts';
import { createServerLink, type ServerLink } from '../../src/host/server-link.ts';
import type { WorkerFact } from '../../src/host/worker-event.ts';
import { steppedClock, type SteppedClock } from './host-fixture.ts';

type Answer = TransportResponse | Error;

interface Line {
  readonly link: ServerLink;
  readonly clock: SteppedClock;
  readonly facts: WorkerFact[];
  readonly requests: { readonly at: number; readonly body: Readonly<Record<string, unknown>> }[];
}

/** A line whose network answers in turn; the last answer repeats. */
function line(answers: readonly Answer[], random = 0.5): Line {
  const clock = steppedClock();
  const facts: WorkerFact[] = [];
  const requests: Line['requests'] = [];
  const transport: Transport = {
    request: (request: TransportRequest) => {
      const answer = answers[Math.min(requests.length, answers.length - 1)] ?? new Error('no answer');
      requests.push({ at: clock.now() - 1_000_000, body: JSON.parse(request.body ?? '{}') as Record<string, unknown> });
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    connect: () => {
      throw new Error('not used here');
    },
  };
  let ids = 0;
  const ports = { clock, random: { next: () => random, id: () => `id-${(ids += 1)}` } };
  const client = createHttpClient({ url: 'http://server', token: null, retry: { attempts: 1 }, transport, ...ports });
  return { link: createServerLink({ client, ...ports, tell: (fact) => facts.push(fact) }), clock, facts, requests };
}

function answer(status: number, body: unknown): TransportResponse {
  return { status, media_type: 'application/json', retry_after: null, body: JSON.stringify(body) };
}

const DONE = answer(200, { task_id: 't-1', status: 'completed', repeated: false });
const REFUSED = answer(409, { code: 'lease_stale', params: { lease: 4, task_id: 't-1' } });
const COMPLETION = { session_id: 's-1', task_id: 't-1', status: 'completed', lease: 4 } as const;
const never = new AbortController().signal;

describe('the line to the server', () => {
  test('waits for a lost server with growing pauses and says once that it is lost and that it is back', async () => {
    const gone = new Error('connect ECONNREFUSED');
    const { link, clock, facts, requests } = line([...Array.from({ length: 9 }, () => gone), DONE]);
    const call = link.call('work.complete', COMPLETION, never);
    await clock.advance(60_000);
    expect(await call).toEqual({ task_id: 't-1', status: 'completed', repeated: false });
    const pauses = requests.slice(1).map((request, index) => request.at - (requests[index]?.at ?? 0));
    expect(pauses).toEqual([150, 300, 600, 1200, 2400, 4800, 7500, 7500, 7500]);
    expect(facts.map((fact) => fact.kind)).toEqual(['lost_server', 'back']);
    expect(facts[1]).toEqual({ kind: 'back', lost_ms: 31_950 });
  });

  test('repeats a command under one command_id, so that it cannot happen twice', async () => {
    const { link, clock, requests } = line([new Error('socket hang up'), answer(503, { code: 'shutting_down' }), DONE]);
    const call = link.call('work.complete', COMPLETION, never);
    await clock.advance(10_000);
    await call;
    const ids = new Set(requests.map((request) => request.body['command_id']));
    expect({ attempts: requests.length, ids: ids.size }).toEqual({ attempts: 3, ids: 1 });
    expect([...ids][0]).toMatch(/^id-/);
  });

  test('keeps the command_id that its caller chose', async () => {
    const { link, requests } = line([DONE]);
    await link.call('work.complete', { ...COMPLETION, command_id: 'mine' }, never);
    expect(requests[0]?.body['command_id']).toBe('mine');
  });

  test('hands on a refusal at once: an answering server is not lost', async () => {
    const { link, facts, requests } = line([REFUSED]);
    await expect(link.call('work.complete', COMPLETION, never)).rejects.toMatchObject({ code: 'lease_stale' });
    expect({ attempts: requests.length, facts }).toEqual({ attempts: 1, facts: [] });
  });

  test('a server with too much to do is not lost; it is asked again when it said', async () => {
    const busy = answer(429, { code: 'too_many_requests', params: { reason: 'queue' }, retry_after: 3 });
    const { link, clock, facts, requests } = line([busy, DONE]);
    const call = link.call('work.complete', COMPLETION, never);
    await clock.advance(2999);
    expect(requests.length).toBe(1);
    await clock.advance(1000);
    await call;
    expect({ attempts: requests.length, facts }).toEqual({ attempts: 2, facts: [] });
  });

  test('ends when its caller ends it', async () => {
    const { link, clock } = line([new Error('connect ECONNREFUSED')]);
    const ending = new AbortController();
    const call = link.call('work.complete', COMPLETION, ending.signal);
    const outcome = call.catch((error: unknown) => error);
    await clock.advance(5000);
    ending.abort();
    expect(await outcome).toMatchObject({ code: 'call_aborted' });
    expect(clock.waiting).toBe(0);
  });
});
