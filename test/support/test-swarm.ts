/**
 * A swarm without engine or journal: the rules, folded as the engine folds them, under a clock that the test sets.
 * For given/when/then tests of the domain.
 */
import { EVENTS, type EventType, type Fact, type LogEvent } from '../../src/contract/event.ts';
import type { Refusal } from '../../src/contract/failure.ts';
import { type CommandName, OPERATIONS } from '../../src/contract/operations.ts';
import { DEFAULT_SETTINGS } from '../../src/contract/settings.ts';
import type { Caller } from '../../src/contract/caller.ts';
import type { Rule } from '../../src/domain/decision.ts';
import { decideDispatch } from '../../src/domain/dispatch/dispatch.ts';
import { evolve } from '../../src/domain/evolve.ts';
import { RULES } from '../../src/domain/rules.ts';
import { seal } from '../../src/domain/seal.ts';
import { createState, type SwarmState } from '../../src/domain/state.ts';
import { decideHealth } from '../../src/domain/swarm/health.ts';
import { decideRetention } from '../../src/domain/swarm/retention.ts';

/** A caller without a session credential. */
export const ANYONE: Caller = { actor: 'test', credential: null };

/** The rules of one swarm, driven by a test. */
export class TestSwarm {
  readonly state: SwarmState = createState('test', DEFAULT_SETTINGS);
  readonly log: LogEvent[] = [];
  readonly contacts = new Map<string, number>();
  /** ms since 1970. */
  now = 1_700_000_000_000;
  /** What the rules get for randomness. */
  random: () => number = () => 0.5;
  /** Called after every event. */
  onEvent: (event: LogEvent) => void = () => undefined;

  /** Runs a command; returns its events, or the refusal. The input is checked against the contract. */
  run(name: CommandName, input: unknown, caller: Caller = ANYONE): readonly LogEvent[] | Refusal {
    const parsed = OPERATIONS[name].input.parse(input) as never;
    const rule = RULES[name] as Rule<CommandName>;
    const decision = rule.decide(this.state, parsed, { now: this.now, random: this.random, caller, retired: new Map() });
    if ('refused' in decision) return decision;
    const session = (input as { session_id?: string }).session_id;
    if (session !== undefined) this.contacts.set(session, this.now);
    return this.record(decision);
  }

  /** Runs a command that must not be refused. */
  must(name: CommandName, input: unknown, caller: Caller = ANYONE): readonly LogEvent[] {
    const outcome = this.run(name, input, caller);
    if ('refused' in outcome) throw new Error(`${name} was refused: ${outcome.refused}`);
    return outcome;
  }

  /** Gives ready tasks to these sessions, as the engine does after each command. */
  dispatch(...sessions: string[]): readonly LogEvent[] {
    const events: LogEvent[] = [];
    for (let fact = decideDispatch(this.state, sessions); fact !== null; fact = decideDispatch(this.state, sessions)) {
      events.push(...this.record([fact]));
    }
    return events;
  }

  /** Lets time pass, then makes the health pass. */
  pass(seconds: number): readonly LogEvent[] {
    this.now += seconds * 1000;
    return this.record(decideHealth(this.state, this.contacts, this.now));
  }

  /** Retires finished tasks if it is time. */
  retire(): readonly LogEvent[] {
    return this.record(decideRetention(this.state));
  }

  /** Folds facts in. */
  record(facts: readonly Fact[]): readonly LogEvent[] {
    return facts.map((fact) => {
      const envelope = { time: this.now, version: EVENTS[fact.type].version, actor: 'test', command_id: null };
      const event = structuredClone(seal(this.state, fact, envelope));
      evolve(this.state, event);
      this.log.push(event);
      this.onEvent(event);
      return event;
    });
  }

  /** The state that the log folds into, from nothing. */
  refold(): SwarmState {
    const state = createState('test', DEFAULT_SETTINGS);
    for (const event of this.log) evolve(state, event);
    return state;
  }
}

/** The types of some events, in order. */
export function typesOf(events: readonly LogEvent[] | Refusal): EventType[] | string {
  return 'refused' in events ? events.refused : events.map((event) => event.type);
}
