/**
 * Waits for the answer to a decision: exit code 7 when it was withdrawn, 8 when the time was up first.
 */
import type { TuttiClient } from '../client/client.ts';
import { Failure } from '../contract/failure.ts';
import type { CliContext } from './cli-context.ts';
import type { Values } from './command.ts';
import { safeJson } from './output/clean-text.ts';
import { decisionText } from './output/inbox-text.ts';

const ONE_WAIT_S = 60;

/** Waits, prints the decision as it ended, and resolves with 0. Throws Failure `work_failed` and `work_pending`. */
export async function waitForDecision(
  { client, values, id }: { readonly client: TuttiClient; readonly values: Values; readonly id: string },
  { terminal, globals, now }: CliContext,
): Promise<number> {
  const seconds = typeof values['timeout'] === 'number' ? values['timeout'] : null;
  const end = seconds === null ? Infinity : now() + seconds * 1000;
  for (;;) {
    const wait = Math.max(0, Math.min(ONE_WAIT_S, (end - now()) / 1000));
    const { decision } = await client.call('decision.show', { decision_id: id, wait });
    if (decision.status === 'open') {
      if (now() >= end) throw new Failure('work_pending', { what: `The decision ${id}`, seconds, task_id: decision.task_id ?? id });
      continue;
    }
    if (globals.json) terminal.print(safeJson({ decision }, 2));
    else terminal.print(...decisionText(decision, terminal, now()));
    if (decision.status === 'answered') return 0;
    const reason = decision.reason ?? 'no reason given';
    throw new Failure('work_failed', { what: `The decision ${id}`, status: decision.status, reason, task_id: decision.task_id ?? id });
  }
}
