/**
 * How long an agent program waits for a server of its team before it goes on without that server's tools, for a whole run.
 * By themselves OpenCode waits 5 seconds, Codex 10 and Claude Code 5 to 30, too short where many agents start at once.
 */

/** In milliseconds. */
export const SERVER_PATIENCE_MS = 60_000;
