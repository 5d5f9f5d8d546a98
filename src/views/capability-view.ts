/**
 * The capability registry as it is shown (B3), and what histories show (B4).
 */
import type { InputOf, OutputOf } from '../contract/operations.ts';
import type { CapabilityView } from '../contract/views/capability-view.ts';
import { Failure } from '../contract/failure.ts';
import { detectedFor } from '../domain/capability/detect.ts';
import { builtInNamed, type CapabilityDefinition, isAsItCame } from '../domain/capability/state.ts';
import { isMember } from '../domain/session/state.ts';
import type { SwarmState } from '../domain/state.ts';

const SESSIONS_NAMED = 1000;
const UNDEFINED_NAMED = 100;

/** Every capability. */
export function listCapabilities(state: SwarmState): OutputOf<'capability.list'> {
  const { defined } = state.capabilities;
  const carriers = carriersOf(state);
  const used = [...carriers.keys(), ...[...state.ready.shelves].flatMap(([name, { size }]) => (size > 0 && name !== '' ? [name] : []))];
  return {
    capabilities: [...defined.values()].map((each) => showCapability(each, carriers.get(each.name) ?? 0)),
    undefined: [...new Set(used)].filter((name) => !defined.has(name)).slice(0, UNDEFINED_NAMED),
  };
}

/** One capability, with who has it. Throws Failure `capability_unknown`. */
export function showOneCapability(state: SwarmState, { capability: name }: InputOf<'capability.show'>): OutputOf<'capability.show'> {
  const carriers = [...state.sessions.values()].filter((session) => isMember(session) && session.capabilities.includes(name));
  return {
    capability: showCapability(definitionNamed(state, name), carriers.length),
    sessions: carriers.slice(0, SESSIONS_NAMED).map(({ id }) => id),
    ready_tasks: state.ready.shelves.get(name)?.size ?? 0,
  };
}

/** What was defined, as it is now. */
export function answerDefine(state: SwarmState, name: string): OutputOf<'capability.define'> {
  return { capability: showCapability(definitionNamed(state, name), carriersOf(state).get(name) ?? 0) };
}

/** What histories show and sessions lack. */
export function listDetected(state: SwarmState, { session_id }: InputOf<'capability.detect'>): OutputOf<'capability.detect'> {
  if (session_id !== undefined && !state.sessions.has(session_id)) throw new Failure('session_unknown', { session_id });
  const sessions = [...state.sessions.values()].filter((each) => isMember(each) && (session_id === undefined || each.id === session_id));
  return { detected: sessions.flatMap((session) => detectedFor(state, session).map((each) => ({ session_id: session.id, ...each }))) };
}

function definitionNamed(state: SwarmState, name: string): CapabilityDefinition {
  const definition = state.capabilities.defined.get(name);
  if (definition === undefined) throw new Failure('capability_unknown', { capability: name, suggestion: '' });
  return definition;
}

function showCapability(definition: CapabilityDefinition, sessions: number): CapabilityView {
  const { name, description, skills, time_multiplier, detection } = definition;
  const original = builtInNamed(name);
  return {
    name,
    description,
    skills: [...skills],
    time_multiplier,
    detection: detection === null ? null : { ...detection, task_types: [...detection.task_types] },
    built_in: original !== undefined,
    changed: !isAsItCame(definition),
    sessions,
  };
}

/** How many members have each capability. */
function carriersOf(state: SwarmState): Map<string, number> {
  const carriers = new Map<string, number>();
  for (const session of state.sessions.values()) {
    if (isMember(session)) for (const name of session.capabilities) carriers.set(name, (carriers.get(name) ?? 0) + 1);
  }
  return carriers;
}
