/**
 * A swarm as on an afternoon: sessions of each status, tasks in every state, knowledge, messages, locks, budgets, schedules,
 * resources. What is there stands in tables; the doors make it.
 */
import type { NamedWork } from './exporter-repository.ts';
import type { TestServer } from '../support/start-test-server.ts';

/** Sessions: id, capabilities, role. */
const SESSIONS = [
  ['eng-1', ['build', 'test'], 'implementer'],
  ['eng-2', ['build', 'test'], 'implementer'],
  ['docs-1', ['docs'], 'writer'],
  ['review-1', ['review'], 'validator'],
  ['ops-1', ['deploy'], 'integrator'],
] as const;

/** Tasks: id, title, capability, estimated hours, dependencies. The type is what the id begins with. */
const TASKS = [
  ['plan-001', 'Write down what the exporter must do', 'docs', 1, []],
  ['build-001', 'Read orders from the archive', 'build', 3, ['plan-001']],
  ['build-002', 'Stream rows as CSV', 'build', 5, ['plan-001']],
  ['build-003', 'Resume an interrupted export', 'build', 4, ['build-002']],
  ['test-001', 'Test with a million rows', 'test', 2, ['build-001', 'build-002']],
  ['test-002', 'Test the resumed export after a kill', 'test', 2, ['build-003']],
  ['docs-001', 'Describe the exporter for operators', 'docs', 1, ['build-002']],
  ['review-001', 'Review the streaming code', 'review', 1, ['build-002']],
  ['deploy-001', 'Roll the exporter out', 'deploy', 1, ['test-001', 'test-002', 'review-001']],
  ['paint-001', 'Draw the icon of the exporter', 'design', null, []],
  ['chore-001', 'Update the licences', 'build', null, []],
  ['chore-002', 'Remove the old exporter', 'build', null, []],
  ['spike-001', 'Try the columnar format', 'build', null, []],
] as const;

/** What some tasks have beside that. */
const MORE: Readonly<Record<string, object>> = {
  'build-001': { spec: { run: 'npm run build' } },
  'build-002': { spec: { run: 'npm test', repository: '/srv/exporter' } },
  'docs-001': { critical: true },
  'paint-001': { priority: 3 },
  'chore-001': { priority: 2 },
  'chore-002': { priority: 8 },
};

/** Steps of the work: who does what to which task. */
const WORK = [
  ['docs-1', 'plan-001', 'claim', {}],
  [
    'docs-1',
    'plan-001',
    'complete',
    { status: 'completed', result: { summary: 'Three formats, one stream', commit: '4f0c2d9', exit_code: 0 } },
  ],
  ['eng-1', 'build-001', 'claim', {}],
  ['eng-1', 'build-001', 'update', { progress: 0.4, status: 'in_progress', details: 'reading the index of the archive' }],
  ['eng-2', 'build-002', 'claim', {}],
  ['eng-2', 'build-002', 'update', { progress: 0.7, status: 'in_progress', details: 'rows stream, back-pressure next' }],
  [
    'eng-2',
    'build-002',
    'complete',
    { status: 'completed', result: { summary: 'Streams 80,000 rows a second', commit: '9be11aa', command: 'npm test', exit_code: 0 } },
  ],
  ['eng-2', 'build-003', 'claim', {}],
  ['review-1', 'review-001', 'claim', {}],
  ['review-1', 'review-001', 'update', { progress: 0.2, status: 'in_progress', details: 'reading the diff' }],
  ['eng-3', 'spike-001', 'claim', {}],
  ['eng-3', 'spike-001', 'complete', { status: 'failed', result: 'The library reads only files, no streams.' }],
] as const;

/** An hour at which nothing is fired while somebody looks. */
const FAR_FROM_NOW = (new Date().getUTCHours() + 12) % 24;

/** What else is said and set, in this order. */
const REST: readonly (readonly [path: string, body: object])[] = [
  ['/task/chore-001/cancel', { reason: 'done by hand' }],
  [
    '/decision/ask',
    {
      question: 'Write semicolons, as the old exporter did, or follow RFC 4180?',
      options: [
        { answer: 'RFC 4180', details: 'Every reader understands it; two reports must change.' },
        { answer: 'Semicolons', details: 'Nothing else changes.' },
      ],
      context: 'Two reports of the warehouse still split at semicolons.',
      evidence: ['src/old/export.c:88', 'reports/warehouse.sql'],
      session_id: 'eng-2',
      task_id: 'build-003',
      default_answer: 'RFC 4180',
      deadline_seconds: 86_400,
    },
  ],
  ['/knowledge/put', topic('exporter/format', 'One row per order line. Times are UTC, amounts in cents.', 'docs-1', ['exporter', 'csv'])],
  ['/knowledge/put', topic('exporter/limits', { rows_per_second: 80_000, memory_mb: 64 }, 'eng-2', ['exporter'])],
  ['/knowledge/put', topic('exporter/limits', { rows_per_second: 82_000, memory_mb: 48 }, 'eng-2', ['exporter'])],
  ['/knowledge/put', topic('archive/index', 'The index is sorted by day; read it backwards for the newest orders.', 'eng-1', ['archive'])],
  [
    '/message/send',
    {
      to: 'people',
      session_id: 'eng-2',
      subject: 'Which separator?',
      body: 'The old exporter wrote semicolons. Keep them, or follow RFC 4180?',
      priority: 8,
    },
  ],
  ['/message/send', { to: 'eng-2', session_id: 'review-1', subject: 'Back-pressure', body: 'The writer ignores drain at line 88.' }],
  ['/lock/acquire', { session_id: 'eng-1', name: 'file:src/archive/**', reason: 'build-001', ttl_seconds: 3600 }],
  ['/usage/report', usage('eng-1', 'build-001', [41_000, 3_200], 0.31)],
  ['/usage/report', usage('eng-2', 'build-002', [118_000, 9_400], 0.87)],
  ['/usage/report', usage('docs-1', 'plan-001', [12_000, 2_100], 0.09)],
  ['/budget/set', { cost_usd: 20 }],
  ['/budget/set', { session_id: 'eng-1', tokens: 2_000_000 }],
  ['/budget/set', { task_id: 'build-002', cost_usd: 0.5 }],
  ['/schedule/add', schedule('nightly-tests', `0 ${FAR_FROM_NOW} * * *`, 'Run every test', 'test')],
  ['/schedule/add', schedule('weekly-licences', '30 6 * * 1', 'Update the licences', 'chore')],
  ['/schedule/weekly-licences/pause', {}],
  ['/resource/set', { resource: 'gpu', description: 'Cards of the workshop', capacity: 2 }],
  ['/resource/set', { resource: 'preview', description: 'Previews of the exporter', ports: { from: 4000, to: 4009 } }],
  ['/limit/set', { key: 'type:deploy', concurrency: 1 }],
  ['/limit/set', { key: 'capability:review', rate: { count: 6, per_seconds: 3600 } }],
  ['/message/send', { channel: 'all', session_id: 'eng-1', body: 'The archive has moved to /srv/archive.' }],
];

function topic(name: string, content: unknown, session_id: string, tags: readonly string[]): object {
  return { topic: name, content, session_id, tags };
}

function usage(session_id: string, task_id: string, tokens: readonly [into: number, out: number], cost_usd: number): object {
  const [tokens_in, tokens_out] = tokens;
  return { session_id, task_id, tokens_in, tokens_out, cost_usd, runner: 'claude', model: 'a model' };
}

function schedule(schedule_id: string, cron: string, title: string, type: string): object {
  return { schedule_id, cron, task: { type, title, required_capability: 'design', spec: { run: 'npm test' } }, overlap: 'skip' };
}

/** Fills the swarm `default`, with these commits in the result of build-002; returns the leases by task. */
export async function fill(server: TestServer, commits: NamedWork | null = null): Promise<ReadonlyMap<string, number>> {
  const must = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const response = await server.request(path, { body });
    if (response.status !== 200) throw new Error(`${path}: ${JSON.stringify(response.body)}`);
    return response.body;
  };
  const leases = new Map<string, number>();
  const work = async (session_id: string, task_id: string, step: string, body: object): Promise<void> => {
    const lease = step === 'complete' ? { lease: leases.get(task_id) } : {};
    const answer = await must(`/work/${step}`, { session_id, task_id, ...lease, ...body });
    if (step === 'claim') leases.set(task_id, Number(answer['lease']));
  };
  const register = ([session_id, capabilities, role]: readonly [string, readonly string[], string]): Promise<unknown> =>
    must('/session/register', { session_id, capabilities, role, runner: 'script', host: 'workshop', wants_work: false });
  for (const session of SESSIONS) await register(session);
  await must('/work/add', {
    tasks: TASKS.map(([id, title, required_capability, estimated_hours, dependencies]) => ({
      id,
      type: id.split('-')[0],
      title,
      required_capability,
      dependencies,
      ...(estimated_hours === null ? {} : { estimated_hours }),
      ...MORE[id],
    })),
  });
  await register(['eng-3', ['build'], 'implementer']);
  for (const [session_id, task_id, step, body] of WORK) {
    const named = task_id === 'build-002' && 'result' in body ? { ...body, result: { ...body.result, ...commits } } : body;
    await work(session_id, task_id, step, named);
  }
  for (const number of [1, 2, 3, 4, 5, 6]) {
    const id = `lint-00${number}`;
    await must('/work/add', { id, type: 'lint', title: `Lint part ${number} of the archive`, required_capability: 'deploy' });
    await work('ops-1', id, 'claim', {});
    await work('ops-1', id, 'complete', { status: 'completed', result: { exit_code: 0 } });
  }
  for (const [path, body] of REST) await must(path, body);
  const asked = await must('/decision/ask', { question: 'Keep the archive of 2019?', options: [{ answer: 'keep' }, { answer: 'delete' }] });
  const { decision_id } = asked['decision'] as { readonly decision_id: string };
  await must(`/decision/${decision_id}/answer`, { answer: 'keep', reason: 'the auditors want it', answered_by: 'mara' });
  await must('/message/send', { channel: 'all', session_id: 'ops-1', body: 'The window for roll-outs opens at nine.' });
  return leases;
}
