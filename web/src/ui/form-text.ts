/**
 * Reads what was typed into a form.
 */

/** The text of a field, without blanks around it; empty when there is none. */
export function formText(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value.trim() : '';
}
