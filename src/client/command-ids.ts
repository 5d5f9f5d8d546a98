/**
 * Gives commands their ids. Invariant: no two commands of any clients get the same one.
 */
import type { OperationName } from '../contract/operations.ts';
import type { Random } from '../contract/ports.ts';
import { ROUTES } from './operation-routes.ts';

/** Completes the input of a command with a command_id; a query and a command that has one are left as they are. */
export type Identify = (name: OperationName, input: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

/** Makes the ids of one client: a random part for the client, a number for the command. */
export function createIdentify(random: Random): Identify {
  const client = random.id();
  let count = 0;
  return (name, input) => {
    if (ROUTES[name].kind !== 'command' || input['command_id'] !== undefined) return input;
    count += 1;
    return { ...input, command_id: `${client}-${count.toString(36)}` };
  };
}
