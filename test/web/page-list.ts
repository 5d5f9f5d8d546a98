/**
 * Every page of the dashboard, once: what tests and screenshots go through.
 */

/** A page, and how to know that it is there. */
export interface PageCase {
  readonly name: string;
  readonly path: string;
  /** Heading of level 1. */
  readonly heading: string;
  /** A text that only stands there once the data has come. */
  readonly shows: string;
  /** What an empty swarm shows instead; null: the page is about one thing that is not there. */
  readonly empty: string | null;
}

/** The pages. */
export const PAGE_LIST: readonly PageCase[] = [
  { name: 'overview', path: '/', heading: 'Overview', shows: 'message_sent', empty: 'Nobody works here yet' },
  { name: 'board', path: '/board', heading: 'Board', shows: 'Remove the old exporter', empty: 'No task yet' },
  { name: 'board-table', path: '/board?view=table', heading: 'Board', shows: 'Remove the old exporter', empty: 'No task yet' },
  { name: 'task', path: '/tasks/build-001', heading: 'build-001', shows: 'Read orders from the archive', empty: null },
  { name: 'task-why', path: '/tasks/docs-001?tab=why', heading: 'docs-001', shows: 'Who could do it', empty: null },
  { name: 'task-evidence', path: '/tasks/build-002?tab=evidence', heading: 'build-002', shows: '80,000 rows', empty: null },
  { name: 'task-changes', path: '/tasks/build-002?tab=diff', heading: 'build-002', shows: 'src/export.ts', empty: null },
  { name: 'graph', path: '/graph', heading: 'Graph', shows: 'Roll the exporter out', empty: 'No task yet' },
  { name: 'graph-list', path: '/graph?view=list', heading: 'Graph', shows: 'Roll the exporter out', empty: 'No task yet' },
  { name: 'sessions', path: '/sessions', heading: 'Sessions', shows: 'review-1', empty: 'Nobody is here yet' },
  { name: 'session', path: '/sessions/eng-1', heading: 'eng-1', shows: 'Read orders from the archive', empty: null },
  { name: 'inbox', path: '/inbox', heading: 'Inbox', shows: 'Two reports of the warehouse', empty: 'Nothing waits for you' },
  { name: 'messages', path: '/messages', heading: 'Messages', shows: 'Which separator?', empty: 'No messages' },
  {
    name: 'timeline',
    path: '/timeline?seq=30',
    heading: 'Timeline',
    shows: 'Travel to here',
    empty: 'Travel to here|There is no event 30',
  },
  { name: 'timeline-what-if', path: '/timeline?panel=what-if', heading: 'Timeline', shows: 'Replay and compare', empty: null },
  { name: 'timeline-back', path: '/timeline?panel=back&at=40', heading: 'Timeline', shows: 'Go back to event 40', empty: null },
  { name: 'timeline-log', path: '/timeline?panel=log', heading: 'Timeline', shows: 'none of them archived', empty: null },
  { name: 'knowledge', path: '/knowledge?topic=exporter/limits', heading: 'Knowledge', shows: 'rows_per_second', empty: null },
  { name: 'knowledge-list', path: '/knowledge', heading: 'Knowledge', shows: 'archive/index', empty: 'Nothing is known yet' },
  { name: 'metrics', path: '/metrics', heading: 'Metrics', shows: 'Cycle time', empty: 'Not enough data yet' },
  { name: 'settings', path: '/settings', heading: 'Settings', shows: 'task_claim_timeout', empty: 'task_claim_timeout' },
  {
    name: 'settings-budgets',
    path: '/settings?tab=budgets',
    heading: 'Settings',
    shows: 'build-002',
    empty: 'Nothing limits what is spent',
  },
  {
    name: 'settings-schedules',
    path: '/settings?tab=schedules',
    heading: 'Settings',
    shows: 'nightly-tests',
    empty: 'Nothing is scheduled',
  },
  { name: 'settings-capabilities', path: '/settings?tab=capabilities', heading: 'Settings', shows: 'Define design', empty: 'Capabilities' },
  { name: 'settings-resources', path: '/settings?tab=resources', heading: 'Settings', shows: 'gpu', empty: 'No resource is shared' },
  { name: 'settings-integrations', path: '/settings?tab=integrations', heading: 'Settings', shows: 'Ways in', empty: null },
  { name: 'settings-access', path: '/settings?tab=access', heading: 'Settings', shows: 'Nothing leaves this machine', empty: null },
  { name: 'settings-browser', path: '/settings?tab=browser', heading: 'Settings', shows: 'Theme', empty: null },
];
