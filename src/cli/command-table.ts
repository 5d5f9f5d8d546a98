/**
 * The command line, whole: every command, every group, and the order of the help. A new command is one entry here.
 */
import { AGENT_COMMANDS } from './commands/agent-commands.ts';
import { taskAdd } from './commands/add-command.ts';
import { callCommand } from './commands/call-command.ts';
import { CAPABILITY_COMMANDS } from './commands/capability-commands.ts';
import { BUDGET_COMMANDS } from './commands/budget-commands.ts';
import { BULK_COMMANDS } from './commands/bulk-commands.ts';
import { CARE_COMMANDS } from './commands/care-commands.ts';
import { completionCommand } from './commands/completion-command.ts';
import { CONFIG_COMMANDS } from './commands/config-commands.ts';
import { DECISION_COMMANDS } from './commands/decision-commands.ts';
import { taskDiffCommand } from './commands/diff-command.ts';
import { taskApprove, taskRework } from './commands/review-commands.ts';
import { EVENT_COMMANDS } from './commands/event-commands.ts';
import { forecastCommand } from './commands/forecast-command.ts';
import { INBOX_COMMANDS } from './commands/inbox-commands.ts';
import { HOST_COMMANDS } from './commands/host-commands.ts';
import { KNOWLEDGE_COMMANDS } from './commands/knowledge-commands.ts';
import { LOG_COMMANDS } from './commands/log-commands.ts';
import { REWIND_COMMANDS } from './commands/rewind-commands.ts';
import { LOCK_COMMANDS } from './commands/lock-commands.ts';
import { MESSAGE_COMMANDS } from './commands/message-commands.ts';
import { metricsCommand } from './commands/metrics-command.ts';
import { RESOURCE_COMMANDS } from './commands/resource-commands.ts';
import { SCHEDULE_COMMANDS } from './commands/schedule-commands.ts';
import { PAUSE_COMMANDS } from './commands/pause-commands.ts';
import { SERVE_COMMANDS } from './commands/serve-commands.ts';
import { SESSION_COMMANDS } from './commands/session-commands.ts';
import { SIGNAL_COMMANDS } from './commands/signal-commands.ts';
import { statusCommand } from './commands/status-command.ts';
import { taskSuspend } from './commands/suspend-command.ts';
import { TASK_COMMANDS } from './commands/task-commands.ts';
import { WHY_COMMANDS } from './commands/why-commands.ts';
import { workerCommand } from './commands/worker-command.ts';
import type { CliCommand, CommandGroup, Example } from './command.ts';

/** What Tutti is, in one line. */
export const SUMMARY = 'Tutti makes many coding-agent sessions one team: one backlog, one memory, one log.';

/** The first three commands of a new user. */
export const PROGRAM_EXAMPLES: readonly [Example, Example, Example] = [
  { run: 'tutti up', says: 'Start the server of this project' },
  { run: 'tutti worker --capabilities build,test', says: 'Start a worker, in another terminal' },
  { run: 'tutti task add --run "npm test" --wait', says: 'Give it something to do, and wait for the outcome' },
];

/** Words with commands below them. */
export const GROUPS: readonly CommandGroup[] = [
  { path: 'task', summary: 'Add, list, show, diff, cancel, retry and reprioritise tasks; dead letters, groups.' },
  { path: 'schedule', summary: 'Add, list, show, pause, resume, remove and run schedules.' },
  { path: 'resource', summary: 'List, show, set and remove resources that tasks hold while they run.' },
  { path: 'limit', summary: 'List, set and remove limits on what runs or starts.' },
  { path: 'session', summary: 'List and show sessions.' },
  { path: 'capability', summary: 'List, show, define, remove, detect and grant capabilities.' },
  { path: 'why', summary: 'Say why a task is not running, why a session is idle.' },
  { path: 'event', summary: 'List and follow events; export, import, check and repair their log.' },
  { path: 'inbox', summary: 'What waits for a person: list and show.' },
  { path: 'decision', summary: 'Ask, answer, vote, withdraw, list and show decisions.' },
  { path: 'signal', summary: 'Raise, list, show and resolve signals.' },
  { path: 'colleague', summary: 'Ask for colleagues, list and settle the requests.' },
  { path: 'knowledge', summary: 'Write, read, search and delete what is known.' },
  { path: 'message', summary: 'Send, list and read messages; channels.' },
  { path: 'budget', summary: 'Limit what may be used, and show what is used.' },
  { path: 'lock', summary: 'List, acquire, renew, release and check locks.' },
  { path: 'config', summary: 'Show configuration, show and change rules.' },
];

/** Headings of the help, each with its words in order. */
export const SECTIONS: Readonly<Record<string, readonly string[]>> = {
  Server: ['up', 'down', 'start', 'open', 'doctor', 'logs'],
  Work: [
    'status',
    'metrics',
    'forecast',
    'task',
    'pause',
    'resume',
    'schedule',
    'resource',
    'limit',
    'session',
    'why',
    'capability',
    'inbox',
    'decision',
    'signal',
    'colleague',
    'event',
    'knowledge',
    'message',
    'budget',
    'lock',
    'worker',
    'host',
    'mcp',
    'hook',
    'call',
  ],
  Settings: ['install', 'config', 'token', 'completion'],
};

/** Every command. */
export const COMMANDS: readonly CliCommand[] = [
  ...SERVE_COMMANDS,
  statusCommand,
  metricsCommand,
  forecastCommand,
  taskAdd,
  ...TASK_COMMANDS,
  taskDiffCommand,
  taskApprove,
  taskRework,
  ...BULK_COMMANDS,
  taskSuspend,
  ...PAUSE_COMMANDS,
  ...SCHEDULE_COMMANDS,
  ...RESOURCE_COMMANDS,
  ...SESSION_COMMANDS,
  ...CAPABILITY_COMMANDS,
  ...WHY_COMMANDS,
  ...INBOX_COMMANDS,
  ...DECISION_COMMANDS,
  ...SIGNAL_COMMANDS,
  ...EVENT_COMMANDS,
  ...LOG_COMMANDS,
  ...REWIND_COMMANDS,
  ...KNOWLEDGE_COMMANDS,
  ...MESSAGE_COMMANDS,
  ...BUDGET_COMMANDS,
  ...LOCK_COMMANDS,
  workerCommand,
  ...HOST_COMMANDS,
  ...AGENT_COMMANDS,
  callCommand,
  ...CONFIG_COMMANDS,
  ...CARE_COMMANDS,
  completionCommand(() => ({ commands: COMMANDS, groups: GROUPS })),
];
