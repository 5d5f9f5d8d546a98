/**
 * What an operation is. The operations table is made of these entries; HTTP routes, OpenAPI, WebSocket calls,
 * MCP tools, the client, authorisation and the reference are derived from it.
 */
import type { z } from 'zod';
import { moment } from './moment.ts';
import type { Role } from './roles.ts';

/** A command changes state, a query reads it; live is what goes past the log, to a terminal for example. */
export type OperationKind = 'command' | 'query' | 'live';

/** One way to reach an operation over HTTP; path parameters in braces are fields of the input. */
export interface HttpPath {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
}

/** One entry of the operations table. */
export interface Operation<K extends OperationKind = OperationKind, I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly kind: K;
  readonly summary: string;
  readonly input: I;
  readonly output: O;
  readonly role: Role;
  readonly paths: readonly HttpPath[];
  /** Name of the MCP tool, or null when agents have no use for it. */
  readonly tool: string | null;
  /** true: it ends or deletes something that cannot be brought back; agents are told. */
  readonly destructive: boolean;
  /** Largest body in bytes. */
  readonly limit: number;
}

/** The largest body of most operations: 1 MiB. */
const BODY_LIMIT = 1_048_576;

interface OperationOptions {
  readonly role: Role;
  readonly paths: readonly HttpPath[];
  readonly tool?: string;
  readonly destructive?: boolean;
  readonly limit?: number;
}

function define<K extends OperationKind, I extends z.ZodType, O extends z.ZodType>(
  kind: K,
  summary: string,
  schemas: { readonly input: I; readonly output: O },
  options: OperationOptions,
): Operation<K, I, O> {
  return {
    kind,
    summary,
    ...schemas,
    role: options.role,
    paths: options.paths,
    tool: options.tool ?? null,
    destructive: options.destructive ?? false,
    limit: options.limit ?? BODY_LIMIT,
  };
}

/** Defines an operation that changes state. */
export function command<I extends z.ZodType, O extends z.ZodType>(
  summary: string,
  schemas: { readonly input: I; readonly output: O },
  options: OperationOptions,
): Operation<'command', I, O> {
  return define('command', summary, schemas, options);
}

/** Defines an operation on what is not in the log: the server's own parts answer it, and nothing of it is recorded. */
export function live<I extends z.ZodType, O extends z.ZodType>(
  summary: string,
  schemas: { readonly input: I; readonly output: O },
  options: OperationOptions,
): Operation<'live', I, O> {
  return define('live', summary, schemas, options);
}

const AT = { at: moment.optional() };

/** The input of a query: its own fields, and the moment that it is about. */
type AtAnyMoment<S extends z.core.$ZodShape> = z.ZodObject<S & typeof AT, z.core.$strict>;

/** Defines an operation that reads state: as it is now, or with `at` as it was at that moment. */
export function query<S extends z.core.$ZodShape, O extends z.ZodType>(
  summary: string,
  schemas: { readonly input: z.ZodObject<S, z.core.$strict>; readonly output: O },
  options: OperationOptions,
): Operation<'query', AtAnyMoment<S>, O> {
  return define('query', summary, { input: schemas.input.extend(AT) as unknown as AtAnyMoment<S>, output: schemas.output }, options);
}

/** Shorthand for a POST path. */
export function post(path: string): HttpPath {
  return { method: 'POST', path };
}

/** Shorthand for a GET path. */
export function get(path: string): HttpPath {
  return { method: 'GET', path };
}
