/**
 * Turns what was typed into the rules' table into the rules that would change. The contract's schema says what is valid.
 */
import { type Settings, settings as schema, settingsPatch } from '../../../src/contract/settings.ts';

/** Name of a rule. */
export type RuleName = keyof Settings;

/** The rules in the order of the contract. */
export const RULE_NAMES = Object.keys(schema.shape) as readonly RuleName[];

/** What would change, or the first thing that is wrong. */
export interface RuleDraft {
  readonly draft: Partial<Settings>;
  readonly issue: string | null;
}

/** Reads what was typed. */
export function draftOf(current: Settings, typed: Readonly<Partial<Record<RuleName, string>>>): RuleDraft {
  const changed = RULE_NAMES.flatMap((name) => {
    const text = typed[name]?.trim();
    if (text === undefined || text === String(current[name])) return [];
    return [[name, typeof current[name] === 'number' ? (text === '' ? Number.NaN : Number(text)) : text] as const];
  });
  const parsed = settingsPatch.safeParse(Object.fromEntries(changed));
  if (parsed.success) return { draft: parsed.data as Partial<Settings>, issue: null };
  const [first] = parsed.error.issues;
  return { draft: {}, issue: `${first?.path.join('.') ?? ''}: ${first?.message ?? 'is not valid'}` };
}

/** What a change would do, rule by rule. */
export function differences(
  current: Settings,
  draft: Partial<Settings>,
): readonly { readonly name: RuleName; readonly before: string; readonly after: string }[] {
  return RULE_NAMES.flatMap((name) => {
    const after = draft[name];
    return after === undefined || after === current[name] ? [] : [{ name, before: String(current[name]), after: String(after) }];
  });
}
