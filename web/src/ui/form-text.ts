/**
 * Reads what was typed into a form.
 */

/** The text of a field, without blanks around it; empty when there is none. */
export function formText(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value.trim() : '';
}

/** The number in a field; null when it is empty or none. */
export function formNumber(form: FormData, name: string): number | null {
  const text = formText(form, name);
  const value = Number(text);
  return text === '' || Number.isNaN(value) ? null : value;
}
