/**
 * The rules of the capability registry (B3, B4): define, remove, grant; and what a history adds by itself.
 */
import type { EventData, Fact } from '../../contract/event.ts';
import type { InputOf } from '../../contract/operations.ts';
import { NOTHING, type Rule } from '../decision.ts';
import { refusal } from '../refuse.ts';
import { isMember, type Session } from '../session/state.ts';
import type { SwarmState } from '../state.ts';
import { canonicalJson } from '../task/content-hash.ts';
import { refuseUndefined } from './check-names.ts';
import { detectedFor } from './detect.ts';
import { CAPABILITIES_AT_MOST, type CapabilityDefinition, isAsItCame } from './state.ts';

const DEFAULT_MIN_SUCCESS = 0.5;

/** Defines it; the same again changes nothing. */
export const defineRule: Rule<'capability.define'> = {
  decide: (state, input) => {
    const { defined } = state.capabilities;
    const data = definitionOf(input);
    const present = defined.get(input.capability);
    if (present !== undefined && saysTheSame(present, data)) return NOTHING;
    if (present === undefined && defined.size >= CAPABILITIES_AT_MOST) return refusal('capability_limit', { limit: CAPABILITIES_AT_MOST });
    return [{ type: 'capability_defined', data }];
  },
};

/** Takes a definition back. What comes with Tutti stays. */
export const removeRule: Rule<'capability.remove'> = {
  decide: (state, { capability: name }) => {
    const present = state.capabilities.defined.get(name);
    if (present === undefined) {
      const suggestion = 'There is nothing to remove.';
      return refusal('capability_unknown', { capability: name, suggestion });
    }
    if (isAsItCame(present)) return refusal('capability_built_in', { capability: name });
    return [{ type: 'capability_removed', data: { capability: name } }];
  },
};

/** Gives a session one more. */
export const grantRule: Rule<'capability.grant'> = {
  decide: (state, { session_id, capability: name }) => {
    const session = state.sessions.get(session_id);
    if (session === undefined) return refusal('session_unknown', { session_id });
    if (!isMember(session)) return refusal('session_ended', { session_id });
    if (session.capabilities.includes(name)) return NOTHING;
    return refuseUndefined(state, [name]) ?? [added(session, name, 'granted')];
  },
};

/** What a session gets by itself with the task that it completes just now; nothing unless the rules say `auto`. */
export function detectedWith(state: SwarmState, session: Session, completedType: string): readonly Fact[] {
  if (state.settings.detect_capabilities !== 'auto') return NOTHING;
  return detectedFor(state, session, completedType).map(({ capability }) => added(session, capability, 'detected'));
}

/** What a session that registers gets beside what it names, from what it did before; nothing unless the rules say `auto`. */
export function detectedBefore(state: SwarmState, id: string, capabilities: readonly string[]): string[] {
  if (state.settings.detect_capabilities !== 'auto') return [];
  return detectedFor(state, { id, capabilities }).map(({ capability }) => capability);
}

function added(session: Session, capability: string, reason: EventData<'session_capability_added'>['reason']): Fact {
  return { type: 'session_capability_added', data: { session_id: session.id, capability, reason } };
}

function definitionOf(input: InputOf<'capability.define'>): EventData<'capability_defined'> {
  const { capability, description, skills = [], time_multiplier = 1, detection = null } = input;
  return {
    capability,
    description,
    skills: [...new Set(skills)],
    time_multiplier,
    detection: detection === null ? null : { min_success: DEFAULT_MIN_SUCCESS, ...definedIn(detection) },
  };
}

function saysTheSame({ name, ...present }: CapabilityDefinition, { capability, ...data }: EventData<'capability_defined'>): boolean {
  return name === capability && canonicalJson(present) === canonicalJson(data);
}

function definedIn<T extends { readonly min_success?: number | undefined }>(rule: T): Omit<T, 'min_success'> & { min_success?: number } {
  const { min_success, ...rest } = rule;
  return min_success === undefined ? rest : { ...rest, min_success };
}
