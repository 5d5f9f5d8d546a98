/**
 * The weights of groups as the setting `group_weights` writes them: `web:3,docs:0.5`. A group that is not named weighs 1.
 */

/** The weights by group. */
export function groupWeights(text: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const part of text.split(',')) {
    const [group, weight] = part.split(':').map((word) => word.trim());
    if (group !== undefined && group !== '' && weight !== undefined) weights.set(group, Number(weight));
  }
  return weights;
}
