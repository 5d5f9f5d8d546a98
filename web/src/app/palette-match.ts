/**
 * Finds commands by what was typed: every word must occur; where it begins a word counts more.
 */

/** Something the palette can do. */
export interface PaletteCommand {
  /** page, task, session, do. */
  readonly kind: string;
  readonly label: string;
  readonly keys?: string;
  readonly run: () => void;
}

/** The commands that fit, the best first; all of them in their order when nothing was typed. */
export function matchCommands(commands: readonly PaletteCommand[], typed: string): readonly PaletteCommand[] {
  const words = typed
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return commands;
  const scored = commands.flatMap((command, index) => {
    const text = `${command.label} ${command.kind}`.toLowerCase();
    let score = 0;
    for (const word of words) {
      const at = text.indexOf(word);
      if (at < 0) return [];
      score += at === 0 ? 3 : /[a-z0-9]/.test(text[at - 1] ?? '') ? 1 : 2;
    }
    return [{ command, score, index }];
  });
  return scored.sort((a, b) => b.score - a.score || a.index - b.index).map(({ command }) => command);
}
