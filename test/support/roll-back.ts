/**
 * Rolls a test swarm back.
 */
import { DEFAULT_SETTINGS } from '../../src/contract/settings.ts';
import { evolve } from '../../src/domain/evolve.ts';
import { rollbackRule } from '../../src/domain/rollback/decide.ts';
import { earlierOf, thingsOf } from '../../src/domain/rollback/earlier.ts';
import { planRollback } from '../../src/domain/rollback/plan.ts';
import { createState, type SwarmState } from '../../src/domain/state.ts';
import { cronCalendar } from '../../src/engine/cron-calendar.ts';
import { ANYONE, type TestSwarm } from './test-swarm.ts';

/** The state after the first events of a log. */
export function stateAfter(swarm: TestSwarm, seq: number): SwarmState {
  const state = createState('test', DEFAULT_SETTINGS);
  for (const event of swarm.log.slice(0, seq)) evolve(state, structuredClone(event));
  return state;
}

/** How things were, as it crosses the border of a thread. */
export function earlier(swarm: TestSwarm, seq: number) {
  return structuredClone(earlierOf(thingsOf(stateAfter(swarm, seq)), swarm.now, thingsOf(swarm.state)));
}

/** What a plan goes by. */
export const contextOf = (swarm: TestSwarm) => ({
  now: swarm.now,
  random: () => 0.5,
  caller: ANYONE,
  retired: new Map(),
  calendar: cronCalendar,
});

/** Plans a rollback and does it. */
export function rollBack(swarm: TestSwarm, seq: number, parts?: Parameters<typeof planRollback>[3]) {
  const then = earlier(swarm, seq);
  const planned = planRollback(swarm.state, then, contextOf(swarm), parts);
  const input = { moment: seq, ...(parts === undefined ? {} : { parts: [...parts] }) };
  const facts = rollbackRule.decide(swarm.state, input, { ...contextOf(swarm), earlier: then });
  if ('refused' in facts) throw new Error(facts.refused);
  return { planned, events: swarm.record(facts) };
}
