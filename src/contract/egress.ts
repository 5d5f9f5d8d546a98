/**
 * Who speaks to hosts beyond this machine, and to which: the whole list, for those who want to know what leaves.
 * Invariant: a part of Tutti that opens a connection of its own to elsewhere takes the host from here.
 */

/** Hosts of providers that connectors speak to, unless they are given another address. */
export const PROVIDER_HOSTS = { anthropic: 'api.anthropic.com', openai: 'api.openai.com', deepseek: 'api.deepseek.com' } as const;

/** What goes where, and when. */
export const EGRESS: readonly { readonly who: string; readonly where: string; readonly when: string }[] = [
  ...Object.entries(PROVIDER_HOSTS).map(([runner, host]) => ({
    who: `workers with the runner ${runner}`,
    where: host,
    when: 'while a task runs: its prompt, and what the model reads with its tools',
  })),
  {
    who: 'agent programs: claude, codex, gemini, opencode, and those of the Agent Client Protocol',
    where: 'their own providers',
    when: 'while a task runs, as they are set up',
  },
  { who: 'commands of tasks', where: 'wherever they connect to', when: 'while a task runs' },
];
