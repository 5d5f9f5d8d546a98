/**
 * The hunks of a file as rows to draw: what stood on the left beside what stands on the right.
 */

/** A line of one side; its number is that of the whole file. */
export interface PatchLine {
  readonly number: number;
  readonly text: string;
}

/** One row: a heading of a hunk, or two sides of which one may be missing. */
export type PatchRow =
  | { readonly kind: 'hunk'; readonly text: string }
  | { readonly kind: 'same' | 'changed'; readonly left: PatchLine | null; readonly right: PatchLine | null };

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/;

/** The rows of these hunks; removed lines stand beside the added ones that follow them. */
export function patchRows(patch: string): readonly PatchRow[] {
  const rows: PatchRow[] = [];
  let [left, right] = [0, 0];
  let [removed, added]: [PatchLine[], PatchLine[]] = [[], []];
  const pair = (): void => {
    for (let index = 0; index < Math.max(removed.length, added.length); index += 1) {
      rows.push({ kind: 'changed', left: removed[index] ?? null, right: added[index] ?? null });
    }
    [removed, added] = [[], []];
  };
  for (const line of patch.split('\n')) {
    const text = line.slice(1);
    const hunk = HUNK.exec(line);
    if (hunk !== null) {
      pair();
      [left, right] = [Number(hunk[1]), Number(hunk[2])];
      rows.push({ kind: 'hunk', text: line });
    } else if (line.startsWith('-')) removed.push({ number: left++, text });
    else if (line.startsWith('+')) added.push({ number: right++, text });
    else if (line.startsWith(' ')) {
      pair();
      rows.push({ kind: 'same', left: { number: left++, text }, right: { number: right++, text } });
    }
  }
  pair();
  return rows;
}
