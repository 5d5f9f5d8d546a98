/**
 * What a refusal and a failure look like. A refusal is a value: a rule said no and nothing changed.
 * A failure is thrown: something around the rules broke. Both carry a code of the catalogue.
 */
import { ERRORS, type ErrorCode } from './error-catalogue.ts';

/** Values that fill the braces of a message. */
export type ErrorParams = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** A rule's no, as a value. */
export interface Refusal {
  readonly refused: ErrorCode;
  readonly params: ErrorParams;
}

/** Makes a refusal with its code and the values that its message names. */
export function refuse(code: ErrorCode, params: ErrorParams = {}): Refusal {
  return { refused: code, params };
}

/** True when a value is a refusal. */
export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'refused' in value;
}

/** The message of a code with its parameters filled in. */
export function messageOf(code: ErrorCode, params: ErrorParams): string {
  return fill(ERRORS[code].message, params).trimEnd();
}

/** The next step of a code with its parameters filled in. */
export function hintOf(code: ErrorCode, params: ErrorParams): string {
  return fill(ERRORS[code].hint, params);
}

/** The one error class that Tutti throws: a catalogue code, its parameters, and the cause when there is one. */
export class Failure extends Error {
  readonly code: ErrorCode;
  readonly params: ErrorParams;

  constructor(code: ErrorCode, params: ErrorParams = {}, cause?: unknown) {
    super(messageOf(code, params), cause === undefined ? undefined : { cause });
    this.name = 'Failure';
    this.code = code;
    this.params = params;
  }

  /** True when sending the same thing again later can succeed. */
  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }

  /** What to do next. */
  get hint(): string {
    return hintOf(this.code, this.params);
  }
}

/** The text of anything that was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function fill(template: string, params: ErrorParams): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    return value === undefined ? whole : String(value);
  });
}
