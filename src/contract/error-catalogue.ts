/**
 * The catalogue of every way Tutti says no. One entry per stable code: what a person reads,
 * the HTTP status, the exit code of the command line, whether a retry can help, and the next step.
 * Only the server and the command line map a code to a status or an exit code.
 *
 * Messages may name parameters in braces: `{task_id}` is filled from the failure's `params`.
 */
import type { ErrorEntry } from './errors/error-entry.ts';
import { AGENT_ERRORS } from './errors/agent-errors.ts';
import { BUDGET_ERRORS } from './errors/budget-errors.ts';
import { HOST_ERRORS } from './errors/host-errors.ts';
import { REQUEST_ERRORS } from './errors/request-errors.ts';
import { TASK_ERRORS } from './errors/task-errors.ts';
import { RESOURCE_ERRORS } from './errors/resource-errors.ts';
import { SCHEDULE_ERRORS } from './errors/schedule-errors.ts';
import { SESSION_ERRORS } from './errors/session-errors.ts';
import { CAPABILITY_ERRORS } from './errors/capability-errors.ts';
import { LOG_ERRORS } from './errors/log-errors.ts';
import { LOCK_ERRORS } from './errors/lock-errors.ts';
import { DECISION_ERRORS } from './errors/decision-errors.ts';
import { KNOWLEDGE_ERRORS } from './errors/knowledge-errors.ts';
import { MESSAGE_ERRORS } from './errors/message-errors.ts';
import { SWARM_ERRORS } from './errors/swarm-errors.ts';
import { SERVER_ERRORS } from './errors/server-errors.ts';
import { TERMINAL_ERRORS } from './errors/terminal-errors.ts';
import { WORKSPACE_ERRORS } from './errors/workspace-errors.ts';

/** Code → meaning. Codes are stable: they are part of the contract and never change their sense. */
export const ERRORS = {
  ...REQUEST_ERRORS,
  ...TASK_ERRORS,
  ...SESSION_ERRORS,
  ...CAPABILITY_ERRORS,
  ...RESOURCE_ERRORS,
  ...SCHEDULE_ERRORS,
  ...LOCK_ERRORS,
  ...KNOWLEDGE_ERRORS,
  ...MESSAGE_ERRORS,
  ...DECISION_ERRORS,
  ...SWARM_ERRORS,
  ...SERVER_ERRORS,
  ...LOG_ERRORS,
  ...WORKSPACE_ERRORS,
  ...AGENT_ERRORS,
  ...HOST_ERRORS,
  ...TERMINAL_ERRORS,
  ...BUDGET_ERRORS,
} as const satisfies Record<string, ErrorEntry>;

/** A stable error code of Tutti. */
export type ErrorCode = keyof typeof ERRORS;
