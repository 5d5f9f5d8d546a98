/**
 * Makes a command of an operation of the contract: its values are checked by the operation's own schema before they are
 * sent, and its answer is printed as JSON or by the entry's own printer. A new operation costs one such entry.
 */
import type { CallInput, TuttiClient } from '../client/client.ts';
import { Failure } from '../contract/failure.ts';
import type { Moment } from '../contract/moment.ts';
import type { OperationName, OutputOf } from '../contract/operations.ts';
import type { CliContext, ServerConnection } from './cli-context.ts';
import { type CliCommand, type CliOption, type Described, fieldOf, longFlag, type Values } from './command.ts';
import { safeJson } from './output/clean-text.ts';

/** A command that is one operation. */
export interface OperationEntry<N extends OperationName> extends Described {
  readonly operation: N;
  /** Makes the input of the values; left out: the values are the input. */
  readonly input?: (values: Values, context: CliContext) => Readonly<Record<string, unknown>> | Promise<Readonly<Record<string, unknown>>>;
  /** What is asked before it is done, or null. */
  readonly question?: (client: TuttiClient, input: CallInput<N>, context: CliContext) => Promise<string | null>;
  /** With --dry-run: the input with which the server itself says what it would do; left out: the input is only shown. */
  readonly tried?: (input: CallInput<N>) => CallInput<N>;
  /** The exit code of an answer; left out: 0. */
  readonly exit?: (output: OutputOf<N>) => number;
  /** Prints the answer for a person. */
  readonly print: (answer: Answer<N>, context: CliContext) => void | Promise<void>;
  /** With --wait, in place of printing: goes on after the answer. Resolves with the exit code. */
  readonly follow?: (answer: Answer<N>, context: CliContext) => Promise<number>;
}

/** What came back from the server, and whom to ask for more. */
export interface Answer<N extends OperationName> {
  readonly output: OutputOf<N>;
  readonly values: Values;
  readonly client: TuttiClient;
  readonly live: ServerConnection['live'];
  /** The moment that was asked about, as a field of a further question; empty for now. */
  readonly moment: { readonly at?: Moment };
}

/** Makes the command. */
export function operationCommand<N extends OperationName>(entry: OperationEntry<N>): CliCommand {
  const { operation, print } = entry;
  return {
    ...entry,
    run: async (context, values) => {
      const { checkInput } = await import('./check-input.ts');
      const { OPERATIONS } = await import('../contract/operations.ts');
      const flags = new Map((entry.options ?? []).map((option: CliOption) => [fieldOf(option), longFlag(option.flags)]));
      const given = (await entry.input?.(values, context)) ?? values;
      const input = checkInput(operation, await atMoment(given, operation, entry.path, context), flags);
      const tries = context.globals.dry_run && entry.tried !== undefined;
      if (context.globals.dry_run && !tries && OPERATIONS[operation].kind === 'command') {
        context.terminal.say(`Nothing was done. It would ${entry.doing}:`);
        context.terminal.print(safeJson(input, 2));
        return 0;
      }
      const { client, live } = await context.connect();
      const question =
        tries || context.globals.yes || !context.terminal.interactive ? null : ((await entry.question?.(client, input, context)) ?? null);
      if (question !== null && !(await context.terminal.confirm(question))) {
        context.terminal.say('Nothing was done.');
        return 1;
      }
      const moment = 'at' in input && input.at !== undefined ? { at: input.at } : {};
      const sent = tries ? (entry.tried?.(input) ?? input) : input;
      const answer = { output: await client.call(operation, sent), values, client, live, moment };
      if (entry.follow !== undefined && context.globals.wait && !tries) return entry.follow(answer, context);
      if (context.globals.json) context.terminal.print(safeJson(answer.output, 2));
      else await print(answer, context);
      return entry.exit?.(answer.output) ?? 0;
    },
  };
}

/** What a command that does not show a state says to --at. */
export function notAtAnyMoment(path: string): Failure {
  return new Failure('usage', { reason: `tutti ${path} takes no --at: it does not show how things were.` });
}

/** The input with the moment that --at names. */
async function atMoment(
  input: Readonly<Record<string, unknown>>,
  operation: OperationName,
  path: string,
  { globals }: CliContext,
): Promise<Readonly<Record<string, unknown>>> {
  if (globals.at === undefined) return input;
  const { OPERATIONS } = await import('../contract/operations.ts');
  if (OPERATIONS[operation].kind !== 'query') throw notAtAnyMoment(path);
  const { readMoment } = await import('./read-moment.ts');
  return { ...input, at: readMoment(globals.at, '--at') };
}
