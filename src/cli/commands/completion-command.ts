/**
 * tutti completion: what a shell needs to complete commands, options and their values.
 */
import { Failure } from '../../contract/failure.ts';
import type { CliCommand, CommandGroup } from '../command.ts';
import type { CliContext } from '../cli-context.ts';
import { type CompletedWords, SHELLS } from '../completion/completion-words.ts';

const PROGRAMS = ['tutti', 'claude-wrapper'] as const;

/** Makes the command, for a table of which it is a part itself. */
export function completionCommand(
  table: () => { readonly commands: readonly CliCommand[]; readonly groups: readonly CommandGroup[] },
): CliCommand {
  return {
    path: 'completion',
    summary: 'Print what a shell needs to complete commands, options and values.',
    doing: 'print the completion',
    args: [{ field: 'shell', shown: 'shell', description: `One of ${SHELLS.join(', ')}.` }],
    examples: [
      { run: 'tutti completion bash > ~/.local/share/bash-completion/completions/tutti', says: 'For bash, from the next shell on' },
      { run: 'tutti completion zsh > "${fpath[1]}/_tutti"', says: 'For zsh; or: source <(tutti completion zsh)' },
      { run: 'tutti completion fish > ~/.config/fish/completions/tutti.fish', says: 'For fish' },
    ],
    run: async ({ terminal }: CliContext, { shell }) => {
      const { commands, groups } = table();
      const { completionOf } = await import('../completion/completion-words.ts');
      const completion = completionOf(commands, groups);
      terminal.print((await scriptOf(String(shell)))(completion, PROGRAMS).trimEnd());
    },
  };
}

async function scriptOf(shell: string): Promise<(words: CompletedWords, programs: readonly string[]) => string> {
  if (shell === 'bash') return (await import('../completion/bash-completion.ts')).bashCompletion;
  if (shell === 'zsh') return (await import('../completion/zsh-completion.ts')).zshCompletion;
  if (shell === 'fish') return (await import('../completion/fish-completion.ts')).fishCompletion;
  throw new Failure('usage', { reason: `There is no completion for ${shell}; there is for ${SHELLS.join(', ')}.` });
}
