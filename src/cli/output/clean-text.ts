/**
 * Owns what may reach a terminal. Titles, results and reasons were written by agents and are hostile until cleaned.
 * Invariant: cleaned text holds no escape sequence, no control character, and nothing that reorders or hides text.
 */

/* eslint-disable eslint/no-control-regex -- control characters are what is looked for here */

/** OSC, DCS, SOS, PM, APC strings with their content; CSI; other two-byte escapes. */
const ESCAPES =
  /(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c\n]*(?:\u0007|\u001b\\|\u009c)?|(?:\u001b\[|\u009b)[\u0020-\u003f]*[\u0040-\u007e]?|\u001b[\u0020-\u002f]*[\u0030-\u007e]?/g;
/** Direction marks, overrides and isolates; invisible separators; tags. Joiners stay: emoji and many scripts need them. */
const INVISIBLE = /[\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
const UNSAFE_IN_JSON = /[\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** Text of several lines: line feeds and tabs stay. */
export function cleanText(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(ESCAPES, '').replace(INVISIBLE, '').replace(CONTROLS, '');
}

/** Text on one line. */
export function cleanLine(text: string): string {
  return cleanText(text.replace(/[\r\n\t]+/g, ' '));
}

/** JSON text that shows nothing hostile either; it means the same. */
export function safeJson(value: unknown, indent?: number): string {
  return (JSON.stringify(value, null, indent) ?? 'null').replace(
    UNSAFE_IN_JSON,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
