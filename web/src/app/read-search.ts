/**
 * Reads search parameters: what is missing or makes no sense is left out, never an error.
 */

/** These parameters as text. */
export function textSearch<K extends string>(
  ...names: readonly K[]
): (search: Record<string, unknown>) => { readonly [N in K]?: string | undefined } {
  return (search) =>
    Object.fromEntries(
      names.flatMap((name) => {
        const value = search[name];
        const text = typeof value === 'number' ? String(value) : value;
        return typeof text === 'string' && text !== '' ? [[name, text]] : [];
      }),
    ) as { readonly [N in K]?: string };
}

/** These parameters as whole numbers from 0. */
export function numberSearch<K extends string>(
  ...names: readonly K[]
): (search: Record<string, unknown>) => { readonly [N in K]?: number | undefined } {
  return (search) =>
    Object.fromEntries(
      names.flatMap((name) => {
        const value = Number(search[name]);
        return search[name] !== undefined && Number.isInteger(value) && value >= 0 ? [[name, value]] : [];
      }),
    ) as { readonly [N in K]?: number };
}
