/**
 * What an agent program tells its hooks, read loosely: programs differ and grow. Only what is used is looked at.
 * Claude Code and Codex say SessionStart, UserPromptSubmit, PostToolUse, Stop; Gemini CLI says BeforeAgent, AfterTool,
 * AfterAgent for the last three.
 */
import { z } from 'zod';

/** Agent programs whose hooks are understood. */
export const HOOKED_AGENTS = ['claude', 'codex', 'gemini'] as const;
/** An agent program whose hooks are understood. */
export type HookedAgent = (typeof HOOKED_AGENTS)[number];

const hookEvent = z.object({
  hook_event_name: z.string().max(64),
  session_id: z.string().min(1).max(256),
  cwd: z.string().max(4096).optional(),
  source: z.string().max(64).optional(),
  /** Of a notification. */
  message: z.string().max(10_000).optional(),
  notification_type: z.string().max(64).optional(),
  /** Where the program writes down the conversation. */
  transcript_path: z.string().max(4096).optional().catch(undefined),
  /** Of a use of a tool. */
  tool_name: z.string().max(256).optional().catch(undefined),
});
/** What an agent program tells its hooks. */
export type HookEvent = z.output<typeof hookEvent>;

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
  try {
    return hookEvent.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** What the event means for the team, or null when nothing. */
export function meaningOf({ hook_event_name }: HookEvent): HookMeaning | null {
  return MEANINGS.get(hook_event_name) ?? null;
}
