/**
 * Looks into JSON that another program wrote: every answer has a type, whatever is there. Agent output is hostile.
 */

/** An object of unknown content. */
export type LooseObject = Readonly<Record<string, unknown>>;

const NOTHING: LooseObject = Object.freeze({});

/** True for a JSON object. */
export function isLooseObject(value: unknown): value is LooseObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object that a text is in JSON, or null. */
export function parsedObject(text: string): LooseObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isLooseObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** A field as an object; an empty one when it is none. */
export function objectAt(value: LooseObject, field: string): LooseObject {
  const found = value[field];
  return isLooseObject(found) ? found : NOTHING;
}

/** The objects in a list; whatever else is there is left out. */
export function objectsAt(value: LooseObject, field: string): LooseObject[] {
  const found = value[field];
  return Array.isArray(found) ? found.filter((each): each is LooseObject => typeof each === 'object' && each !== null) : [];
}

/** A field as text; empty when it is none. */
export function textAt(value: LooseObject, field: string): string {
  const found = value[field];
  return typeof found === 'string' ? found : '';
}

/** A field as a finite number that is not negative, or null. */
export function numberAt(value: LooseObject, field: string): number | null {
  const found = value[field];
  return typeof found === 'number' && Number.isFinite(found) && found >= 0 ? found : null;
}

/** A value as one short line for people, at most 2,000 characters. */
export function shortText(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.slice(0, 2_000);
}
