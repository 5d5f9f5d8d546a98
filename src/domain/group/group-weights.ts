/**
 * The weights of groups as the setting `group_weights` writes them: `web:3,docs:0.5`. A group that is not named weighs 1.
 */

/** What was asked for last: every start and every end of a task asks, and the setting seldom changes. */
let known: { readonly text: string; readonly weights: ReadonlyMap<string, number> } = { text: '', weights: new Map() };

/** The weights by group. */
export function groupWeights(text: string): ReadonlyMap<string, number> {
  if (text !== known.text) known = { text, weights: read(text) };
  return known.weights;
}

function read(text: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const part of text.split(',')) {
    const [group, weight] = part.split(':').map((word) => word.trim());
    if (group !== undefined && group !== '' && weight !== undefined) weights.set(group, Number(weight));
  }
  return weights;
}
