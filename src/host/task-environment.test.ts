import { expect, test } from 'vitest';
import { assignment } from '../../test/host/host-fixture.ts';
import { HeldTask } from './held-task.ts';
import { taskEnvironment } from './task-environment.ts';

const IDENTITY = { url: 'http://127.0.0.1:8600', swarm: 'default', session_id: 's-1' };

test('a task gets the ports of each range by its name; names that meet share a variable', () => {
  const { task, ...given } = assignment(42);
  const ports = { 'web-db': [8100, 8101], gpu: [], 'web.db': [9000] };
  const made = taskEnvironment({}, IDENTITY, new HeldTask({ ...given, task: { ...task, ports } }), '/w');
  expect(Object.entries(made).filter(([name]) => name.startsWith('TUTTI_PORTS'))).toEqual([
    ['TUTTI_PORTS_WEB_DB', '8100 8101 9000'],
    ['TUTTI_PORTS_GPU', ''],
  ]);
});

test('a task gets an allow-list of the environment and who it is, and no credential', () => {
  const own = {
    PATH: '/usr/bin',
    HOME: '/h',
    LC_ALL: 'C.UTF-8',
    TMPDIR: '/tmp',
    EMPTY: undefined,
    TERM: undefined,
    TUTTI_TOKEN: 'secret-token',
    TUTTI_LEASE: '1',
    ANTHROPIC_API_KEY: 'secret-key',
    AWS_SECRET_ACCESS_KEY: 'secret-key',
    NODE_OPTIONS: '--inspect',
    MY_PATH: '/x',
  };
  expect(taskEnvironment(own, IDENTITY, new HeldTask(assignment(42, 'build-007')), '/w')).toEqual({
    PATH: '/usr/bin',
    HOME: '/h',
    LC_ALL: 'C.UTF-8',
    TMPDIR: '/tmp',
    TUTTI_SERVER: 'http://127.0.0.1:8600',
    TUTTI_SWARM: 'default',
    TUTTI_SESSION: 's-1',
    TUTTI_TASK: 'build-007',
    TUTTI_LEASE: '42',
    TUTTI_ATTEMPT: '1',
    TUTTI_WORKPLACE: '/w',
  });
});
