/**
 * Stops an agent at its terminal when a budget is used up: its turn is interrupted, again when it goes on spending.
 *
 *     spent, or a budget used up ─▶ does it concern this session? ─▶ interrupted ─▶ its session is told as idle
 *
 * Invariant: nothing throws; who is in no turn is left alone.
 */
import type { LiveClient } from '../../client/live-client.ts';
import { agentFolder, findAgentSession, writeAgentSession } from '../../config/agent-session.ts';
import { reasonOf } from '../../contract/failure.ts';
import type { Clock } from '../../contract/ports.ts';
import type { BudgetView } from '../../contract/views/budget-view.ts';
import { type InterruptOutcome, interruptTurn } from '../terminals/interrupt-turn.ts';
import type { TerminalHome } from '../terminals/terminal-home.ts';

/** The turn of an agent was ended, or could not be. */
export interface InterruptFact {
  readonly kind: 'interrupted';
  readonly session_id: string;
  readonly outcome: Exclude<InterruptOutcome, 'idle'>;
  /** In words. */
  readonly why: string;
}

/** Whose turns are ended, and by what. */
export interface BudgetStopOptions {
  readonly session_id: string;
  readonly live: LiveClient;
  /** The data folder of the project: its agents' session files are in it. */
  readonly data: string;
  readonly home: TerminalHome;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly tell: (fact: InterruptFact) => void;
}

/** Makes a look at the budgets, to be taken when something was spent; of a task, when its budget is used up. */
export function createBudgetStop(options: BudgetStopOptions): (task_id: string | null) => void {
  let last: Promise<void> = Promise.resolve();
  let waiting = 0;
  return (task_id) => {
    // One look sees all that came before it.
    if (waiting > 0 && task_id === null) return;
    waiting += 1;
    last = last.then(async () => {
      waiting -= 1;
      await stopIfSpent(options, task_id);
    });
  };
}

async function stopIfSpent(options: BudgetStopOptions, task_id: string | null): Promise<void> {
  const { session_id, tell } = options;
  try {
    const budget = await usedUp(options, task_id);
    if (budget === null) return;
    const whose = budget.scope === 'swarm' ? 'the swarm' : `the ${budget.scope} ${budget.target}`;
    const outcome = await interrupt(options);
    if (outcome === 'idle') return;
    tell({ kind: 'interrupted', session_id, outcome, why: `the budget of ${whose} is used up` });
    if (outcome === 'interrupted') await tellIdle(options);
  } catch (error) {
    if (!options.signal.aborted) tell({ kind: 'interrupted', session_id, outcome: 'lost', why: reasonOf(error) });
  }
}

/** The budget that keeps this session from working, or null. */
async function usedUp({ live, session_id }: BudgetStopOptions, task_id: string | null): Promise<BudgetView | null> {
  const { budgets } = await live.call('budget.list', { exhausted: true });
  const isOwn = ({ scope, target }: BudgetView): boolean => scope === 'swarm' || (scope === 'session' && target === session_id);
  const own = budgets.find(isOwn) ?? null;
  if (own !== null || task_id === null) return own;
  const budget = budgets.find(({ scope, target }) => scope === 'task' && target === task_id) ?? null;
  return budget !== null && (await live.call('task.show', { task_id })).task.assigned_to === session_id ? budget : null;
}

async function interrupt({ session_id, home, clock, signal }: BudgetStopOptions): Promise<InterruptOutcome> {
  const terminal = home.open(session_id, { onChange: () => undefined, onEnd: () => undefined });
  try {
    return await interruptTurn(terminal, clock, signal);
  } finally {
    terminal.close();
  }
}

/** Programs run no hook at the end of a turn that was interrupted. */
async function tellIdle({ session_id, live, data, clock }: BudgetStopOptions): Promise<void> {
  const folder = agentFolder(data, {});
  const session = findAgentSession(folder, session_id);
  if (session !== null) writeAgentSession(folder, { ...session, status: 'idle', seen_at: clock.now(), told_at: clock.now() });
  await live.call('session.heartbeat', { session_id, status: 'idle', wants_work: false });
}
