/**
 * Looks into JSON of unknown shape.
 */

/** The objects in a list; whatever else is there is left out. */
export function objectsOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter((each): each is Record<string, unknown> => typeof each === 'object' && each !== null) : [];
}

/** Text of a content field: a string, or the text parts of a list. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return objectsOf(content)
    .map((part) => (typeof part['text'] === 'string' ? part['text'] : textOf(part['content'])))
    .join('\n');
}

/** A field as text; empty when it is none. */
export function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Server-sent events, written at once. */
export function eventStream(events: readonly { readonly event?: string; readonly data: unknown }[]): string {
  return events
    .map(
      ({ event, data }) =>
        `${event === undefined ? '' : `event: ${event}\n`}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`,
    )
    .join('');
}
