/**
 * What an agent program tells its hooks, read loosely: programs differ and grow. Only what is used is looked at.
 * Claude Code and Codex say SessionStart, UserPromptSubmit, PostToolUse, Stop; Gemini CLI says BeforeAgent, AfterTool,
 * AfterAgent for the last three.
 */
import { parsedObject } from '../contract/loose-json.ts';

/** Agent programs whose hooks are understood. */
export const HOOKED_AGENTS = ['claude', 'codex', 'gemini'] as const;
/** An agent program whose hooks are understood. */
export type HookedAgent = (typeof HOOKED_AGENTS)[number];

/** What an agent program tells its hooks; fields that say nothing are left out. */
export interface HookEvent {
  readonly hook_event_name: string;
  readonly session_id: string;
  readonly cwd?: string;
  readonly source?: string;
  /** Of a notification. */
  readonly message?: string;
  readonly notification_type?: string;
  /** Where the program writes down the conversation. */
  readonly transcript_path?: string;
  /** Of a use of a tool. */
  readonly tool_name?: string;
}

/** The longest text of each field; an event with a longer one, or one that is no text, is none. */
const LONGEST = { hook_event_name: 64, session_id: 256, cwd: 4096, source: 64, message: 10_000, notification_type: 64 } as const;
/** The same, but only the field is left out. */
const LONGEST_OF_LESSER = { transcript_path: 4096, tool_name: 256 } as const;

/** What an event means for the team. */
export type HookMeaning = 'start' | 'busy' | 'idle' | 'attention' | 'end';

const MEANINGS: ReadonlyMap<string, HookMeaning> = new Map<string, HookMeaning>(
  Object.entries({
    SessionStart: 'start',
    UserPromptSubmit: 'busy',
    PreToolUse: 'busy',
    PostToolUse: 'busy',
    BeforeAgent: 'busy',
    AfterTool: 'busy',
    Stop: 'idle',
    AfterAgent: 'idle',
    Notification: 'attention',
    SessionEnd: 'end',
  } as const),
);

/** The event, or null when it is none that is understood. */
export function readHookEvent(text: string): HookEvent | null {
  const told = parsedObject(text);
  if (told === null) return null;
  const fits = (field: string, longest: number): boolean => {
    const value = told[field];
    return typeof value === 'string' && value.length <= longest;
  };
  const known: Record<string, unknown> = {};
  for (const [field, longest] of Object.entries(LONGEST)) {
    if (told[field] === undefined) continue;
    if (!fits(field, longest)) return null;
    known[field] = told[field];
  }
  for (const [field, longest] of Object.entries(LONGEST_OF_LESSER)) if (fits(field, longest)) known[field] = told[field];
  return isEvent(known) ? known : null;
}

function isEvent(known: Partial<HookEvent>): known is HookEvent {
  return known.hook_event_name !== undefined && known.session_id !== undefined && known.session_id !== '';
}

/** What the event means for the team, or null when nothing. */
export function meaningOf({ hook_event_name }: HookEvent): HookMeaning | null {
  return MEANINGS.get(hook_event_name) ?? null;
}
