/**
 * The arguments of a call, which some wires carry as JSON in a string that a model wrote.
 */

/** Parsed arguments; a text that is no JSON is handed on as it is, for the tool to refuse with its reason. */
export function parsedArguments(text: string): unknown {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
