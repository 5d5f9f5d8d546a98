/**
 * The next step of an error in the words of an agent's own tools. The catalogue names commands and addresses, which a person
 * has; an agent has tools. Invariant: no tool is named that there is not; what has none stays as it is.
 */
import type { ErrorCode } from '../contract/error-catalogue.ts';
import type { Failure } from '../contract/failure.ts';
import type { Operation } from '../contract/operation.ts';
import { OPERATIONS } from '../contract/operations.ts';

/** Where the next step of a person is none for an agent. */
const OWN: Readonly<Partial<Record<ErrorCode, string>>> = {
  invalid_input: 'Correct the named fields; the input schema of the tool describes them.',
  credential_invalid: 'Leave session_id out: you speak for your own session.',
  session_unknown: '`list_sessions` shows those that are there; `register` makes your own.',
  server_unreachable: 'Go on with your work and call it again later.',
  server_not_found: 'Go on with your work and call it again later; a person starts Tutti with `tutti up`.',
};

/** What to do next, for an agent. */
export function agentHint({ code, hint }: Failure): string {
  return OWN[code] ?? hint.replace(/`([^`]+)`/g, (whole, step: string) => inTools(step) ?? whole);
}

/** The tool of a command or address, quoted; null when there is none. */
function inTools(step: string): string | null {
  const [first = '', second = '', third = ''] = step.split(' ');
  const tool = first === 'tutti' ? toolOfCommand(second, third) : second.startsWith('/') ? toolOfAddress(first, second) : null;
  return tool === null ? null : `\`${tool}\``;
}

function toolOfCommand(noun: string, verb: string): string | null {
  const entries = Object.entries<Operation>(OPERATIONS);
  const [, named] = entries.find(([name]) => name === `${noun}.${verb}`) ?? [];
  return named?.tool ?? entries.find(([, { tool }]) => tool === noun)?.[1].tool ?? null;
}

function toolOfAddress(method: string, path: string): string | null {
  const found = Object.values<Operation>(OPERATIONS).find(({ paths }) =>
    paths.some((each) => each.method === method && each.path === path),
  );
  return found?.tool ?? null;
}
