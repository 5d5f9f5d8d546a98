/**
 * A swarm as on an afternoon: sessions of each status, tasks in every state, knowledge, messages, locks. Made through the doors.
 */
import type { TestServer } from '../support/start-test-server.ts';

/** Fills the swarm `default`; returns the leases by task. */
export async function fill(server: TestServer): Promise<ReadonlyMap<string, number>> {
  const must = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const response = await server.request(path, { body });
    if (response.status !== 200) throw new Error(`${path}: ${JSON.stringify(response.body)}`);
    return response.body;
  };
  const leases = new Map<string, number>();
  const sessions = [
    ['eng-1', ['build', 'test'], 'implementer'],
    ['eng-2', ['build', 'test'], 'implementer'],
    ['docs-1', ['docs'], 'writer'],
    ['review-1', ['review'], 'validator'],
    ['ops-1', ['deploy'], 'integrator'],
  ] as const;
  for (const [session_id, capabilities, role] of sessions) {
    await must('/session/register', { session_id, capabilities, role, runner: 'script', host: 'workshop', wants_work: false });
  }
  await must('/work/add', {
    tasks: [
      { id: 'plan-001', type: 'plan', title: 'Write down what the exporter must do', required_capability: 'docs', estimated_hours: 1 },
      {
        id: 'build-001',
        type: 'build',
        title: 'Read orders from the archive',
        required_capability: 'build',
        estimated_hours: 3,
        dependencies: ['plan-001'],
        spec: { run: 'npm run build' },
      },
      {
        id: 'build-002',
        type: 'build',
        title: 'Stream rows as CSV',
        required_capability: 'build',
        estimated_hours: 5,
        dependencies: ['plan-001'],
      },
      {
        id: 'build-003',
        type: 'build',
        title: 'Resume an interrupted export',
        required_capability: 'build',
        estimated_hours: 4,
        dependencies: ['build-002'],
      },
      {
        id: 'test-001',
        type: 'test',
        title: 'Test with a million rows',
        required_capability: 'test',
        estimated_hours: 2,
        dependencies: ['build-001', 'build-002'],
      },
      {
        id: 'test-002',
        type: 'test',
        title: 'Test the resumed export after a kill',
        required_capability: 'test',
        estimated_hours: 2,
        dependencies: ['build-003'],
      },
      {
        id: 'docs-001',
        type: 'docs',
        title: 'Describe the exporter for operators',
        required_capability: 'docs',
        estimated_hours: 1,
        dependencies: ['build-002'],
        critical: true,
      },
      {
        id: 'review-001',
        type: 'review',
        title: 'Review the streaming code',
        required_capability: 'review',
        estimated_hours: 1,
        dependencies: ['build-002'],
      },
      {
        id: 'deploy-001',
        type: 'deploy',
        title: 'Roll the exporter out',
        required_capability: 'deploy',
        estimated_hours: 1,
        dependencies: ['test-001', 'test-002', 'review-001'],
      },
      { id: 'paint-001', type: 'paint', title: 'Draw the icon of the exporter', required_capability: 'design', priority: 3 },
      { id: 'chore-001', type: 'chore', title: 'Update the licences', required_capability: 'build', priority: 2 },
      { id: 'chore-002', type: 'chore', title: 'Remove the old exporter', required_capability: 'build', priority: 8 },
      { id: 'spike-001', type: 'spike', title: 'Try the columnar format', required_capability: 'build' },
    ],
  });
  const claim = async (session_id: string, task_id: string): Promise<void> => {
    leases.set(task_id, Number((await must('/work/claim', { session_id, task_id }))['lease']));
  };
  const end = (session_id: string, task_id: string, status: string, result: unknown): Promise<unknown> =>
    must('/work/complete', { session_id, task_id, status, result, lease: leases.get(task_id) });
  await claim('docs-1', 'plan-001');
  await end('docs-1', 'plan-001', 'completed', { summary: 'Three formats, one stream', commit: '4f0c2d9', exit_code: 0 });
  await claim('eng-1', 'build-001');
  await must('/work/update', {
    session_id: 'eng-1',
    task_id: 'build-001',
    progress: 0.4,
    status: 'in_progress',
    details: 'reading the index of the archive',
  });
  await claim('eng-2', 'build-002');
  await must('/work/update', {
    session_id: 'eng-2',
    task_id: 'build-002',
    progress: 0.7,
    status: 'in_progress',
    details: 'rows stream, back-pressure next',
  });
  await end('eng-2', 'build-002', 'completed', { summary: 'Streams 80,000 rows a second', commit: '9be11aa', exit_code: 0 });
  await claim('eng-2', 'build-003');
  await claim('review-1', 'review-001');
  await must('/work/update', {
    session_id: 'review-1',
    task_id: 'review-001',
    progress: 0.2,
    status: 'in_progress',
    details: 'reading the diff',
  });
  await claim('ops-1', 'chore-001').catch(() => undefined);
  await must('/session/register', { session_id: 'eng-3', capabilities: ['build'], role: 'implementer', wants_work: false });
  await claim('eng-3', 'spike-001');
  await end('eng-3', 'spike-001', 'failed', 'The library reads only files, no streams.');
  await must('/task/chore-001/cancel', { reason: 'done by hand' });
  for (const number of [1, 2, 3, 4, 5, 6]) {
    const id = `lint-00${number}`;
    await must('/work/add', { id, type: 'lint', title: `Lint part ${number} of the archive`, required_capability: 'deploy' });
    await claim('ops-1', id);
    await end('ops-1', id, 'completed', { exit_code: 0 });
  }
  await must('/decision/ask', {
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
  });
  const asked = await must('/decision/ask', { question: 'Keep the archive of 2019?', options: [{ answer: 'keep' }, { answer: 'delete' }] });
  const { decision_id } = asked['decision'] as { readonly decision_id: string };
  await must(`/decision/${decision_id}/answer`, { answer: 'keep', reason: 'the auditors want it', answered_by: 'mara' });
  await must('/knowledge/put', {
    topic: 'exporter/format',
    content: 'One row per order line. Times are UTC, amounts in cents.',
    tags: ['exporter', 'csv'],
    session_id: 'docs-1',
  });
  await must('/knowledge/put', {
    topic: 'exporter/limits',
    content: { rows_per_second: 80_000, memory_mb: 64 },
    tags: ['exporter'],
    session_id: 'eng-2',
  });
  await must('/knowledge/put', {
    topic: 'exporter/limits',
    content: { rows_per_second: 82_000, memory_mb: 48 },
    tags: ['exporter'],
    session_id: 'eng-2',
  });
  await must('/knowledge/put', {
    topic: 'archive/index',
    content: 'The index is sorted by day; read it backwards for the newest orders.',
    tags: ['archive'],
    session_id: 'eng-1',
  });
  await must('/message/send', {
    to: 'people',
    session_id: 'eng-2',
    subject: 'Which separator?',
    body: 'The old exporter wrote semicolons. Keep them, or follow RFC 4180?',
    priority: 8,
  });
  await must('/message/send', {
    to: 'eng-2',
    session_id: 'review-1',
    subject: 'Back-pressure',
    body: 'The writer ignores drain at line 88.',
  });
  await must('/message/send', { channel: 'all', session_id: 'eng-1', body: 'The archive has moved to /srv/archive.' });
  await must('/lock/acquire', { session_id: 'eng-1', name: 'file:src/archive/**', reason: 'build-001', ttl_seconds: 3600 });
  return leases;
}
