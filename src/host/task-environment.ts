/**
 * The environment of a task's processes: an allow-list of the worker's own, who the task is, and the ports it was given:
 * those of the range `web-db` as TUTTI_PORTS_WEB_DB, apart by spaces.
 * Invariant: no credential of the worker is in it.
 */
import type { Environment } from '../config/environment.ts';
import type { HeldTask } from './held-task.ts';
import { WORKPLACE_VARIABLE } from './run-record.ts';

/** What a command may need of its surroundings and what holds no secret. */
const ALLOWED =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_[A-Z]+|TERM|COLORTERM|NO_COLOR|TZ|TMPDIR|TMP|TEMP|XDG_[A-Z_]+|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|SSL_CERT_DIR|SYSTEMROOT|COMSPEC|PATHEXT)$/;

/** What a task is told about itself. */
export interface TaskIdentity {
  readonly url: string;
  readonly swarm: string;
  readonly session_id: string;
}

/** What is inherited from the environment of a worker or a host: the allow-list. */
export function inheritedEnvironment(own: Environment): Record<string, string> {
  const allowed = Object.entries(own).filter((entry): entry is [string, string] => ALLOWED.test(entry[0]) && entry[1] !== undefined);
  return Object.fromEntries(allowed);
}

/** The environment of one attempt in its folder. */
export function taskEnvironment(own: Environment, identity: TaskIdentity, task: HeldTask, folder: string): Record<string, string> {
  return {
    ...inheritedEnvironment(own),
    TUTTI_SERVER: identity.url,
    TUTTI_SWARM: identity.swarm,
    TUTTI_SESSION: identity.session_id,
    TUTTI_TASK: task.task.id,
    TUTTI_LEASE: String(task.lease),
    TUTTI_ATTEMPT: String(task.task.attempt),
    ...portVariables(task.task.ports),
    [WORKPLACE_VARIABLE]: folder,
  };
}

/** Ranges whose names differ only where a variable's cannot share one, so that no number is lost. */
function portVariables(ports: Readonly<Record<string, readonly number[]>>): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [range, numbers] of Object.entries(ports)) {
    const name = `TUTTI_PORTS_${range.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;
    const shared = variables[name];
    variables[name] = `${shared === undefined ? '' : `${shared} `}${numbers.join(' ')}`;
  }
  return variables;
}
