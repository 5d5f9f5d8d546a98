/**
 * tutti call: any operation by its name, for what has no command of its own, and for scripts.
 */
import type { OperationName } from '../../contract/operations.ts';
import { Failure } from '../../contract/failure.ts';
import type { CliContext } from '../cli-context.ts';
import type { CliCommand, Values } from '../command.ts';
import { safeJson } from '../output/clean-text.ts';
import { table } from '../output/table.ts';
import { asTextOrJson } from '../read-values.ts';

/** tutti call */
export const callCommand: CliCommand = {
  path: 'call',
  summary: 'Call any operation with JSON; without a name: list them.',
  doing: 'call the operation',
  args: [
    { field: 'operation', shown: 'operation', description: 'Its name, for example work.claim.', optional: true },
    { field: 'input', shown: 'input', description: 'Its input as a JSON object, or @FILE; default {}.', optional: true },
  ],
  examples: [
    { run: 'tutti call', says: 'Every operation, what it does and which role may' },
    { run: `tutti call session.register '{"session_id":"me","capabilities":["build"]}'`, says: 'What an agent would do' },
    { run: `tutti call work.request '{"session_id":"me","wait":30}' | jq .task`, says: 'Wait for work in a script' },
  ],
  run: callOperation,
};

async function callOperation(context: CliContext, values: Values): Promise<void> {
  const { operation, input = '{}' } = values as { readonly operation?: string; readonly input?: string };
  const { terminal, globals } = context;
  const { OPERATIONS } = await import('../../contract/operations.ts');
  const listed = Object.entries(OPERATIONS).map(([name, { kind, role, summary }]) => ({ name, kind, role, summary }));
  if (operation === undefined) {
    const columns = [
      { title: 'OPERATION', cell: ({ name }: (typeof listed)[number]) => name },
      { title: 'KIND', cell: ({ kind }: (typeof listed)[number]) => kind, drop: 2 },
      { title: 'ROLE', cell: ({ role }: (typeof listed)[number]) => role, drop: 1 },
      { title: 'WHAT IT DOES', cell: ({ summary }: (typeof listed)[number]) => summary, flexible: true },
    ];
    terminal.print(...(globals.json ? [safeJson({ operations: listed }, 2)] : table(listed, columns, terminal)));
    return;
  }
  const known = listed.find(({ name }) => name === operation);
  if (known === undefined) throw new Failure('usage', { reason: `There is no operation ${operation}; tutti call lists them.` });
  const fields = asTextOrJson(input, 'input');
  if (typeof fields !== 'object' || fields === null) throw new Failure('usage', { reason: `${known.name} takes a JSON object.` });
  const name = known.name as OperationName;
  const { checkInput } = await import('../check-input.ts');
  const checked = checkInput(name, fields as Readonly<Record<string, unknown>>, new Map());
  if (globals.dry_run && known.kind === 'command') {
    terminal.say(`Nothing was done. It would call ${name}:`);
    terminal.print(safeJson(checked, 2));
    return;
  }
  const { client } = await context.connect();
  terminal.print(safeJson(await client.call(name, checked), 2));
}
