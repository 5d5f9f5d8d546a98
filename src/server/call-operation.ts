/**
 * One call as a door received it: the role is checked, the swarm is found, the engine is asked, and a session that
 * registered gets its credential. Every door calls operations through here.
 */
import { Failure } from '../contract/failure.ts';
import { ROLES, type Role } from '../contract/roles.ts';
import { type LiveName, OPERATIONS, type OperationName, type OutputOf } from '../contract/operations.ts';
import { type Listener, listenTo, refuse } from '../engine/command.ts';
import { ask } from './invoke.ts';
import { asFailure } from './problem.ts';
import type { Principal } from './principal.ts';
import type { ServerContext } from './server-context.ts';
import { callLive } from './terminals/live-calls.ts';

/** One call. */
export interface OperationCall {
  /** Name of the swarm. */
  readonly swarm: string;
  readonly operation: OperationName;
  /** As it came. */
  readonly input: unknown;
  readonly principal: Principal;
  /** Raised when the caller has gone. */
  readonly signal?: AbortSignal | undefined;
}

const RANKS: ReadonlyMap<Role, number> = new Map(ROLES.map((role, rank) => [role, rank]));

/** Calls an operation. Tells its output once that is durable, or a Failure; never before this returns. */
export function callOperation(context: ServerContext, call: OperationCall, listener: Listener<unknown>): void {
  const { operation, principal, swarm, input } = call;
  try {
    checkRole(operation, principal.role);
    const engine = context.swarms.get(swarm);
    if (principal.swarm !== null && principal.swarm !== engine.name) throw foreign(principal);
    if (OPERATIONS[operation].kind === 'live') {
      listenTo(callLive(context.terminals.of(engine), operation as LiveName, input), listener);
      return;
    }
    const caller = call.signal === undefined ? principal.caller : { ...principal.caller, signal: call.signal };
    ask(
      engine,
      { name: operation, input, caller },
      operation === 'session.register' ? registering(context, engine.name, listener) : listener,
    );
  } catch (error) {
    refuse(asFailure(error), listener);
  }
}

/** Throws Failure `forbidden` when the role may not call the operation. */
export function checkRole(operation: OperationName, role: Role): void {
  const needed = OPERATIONS[operation].role;
  if ((RANKS.get(role) ?? -1) < (RANKS.get(needed) ?? Infinity)) throw new Failure('forbidden', { role, operation, needed });
}

function foreign({ caller }: Principal): Failure {
  return new Failure('credential_invalid', { session_id: caller.credential?.session_id ?? null });
}

function registering(context: ServerContext, swarm: string, listener: Listener<unknown>): Listener<unknown> {
  return {
    resolve: (registered) => listener.resolve(withCredential(context, swarm, registered)),
    reject: (error) => listener.reject(error),
  };
}

function withCredential(context: ServerContext, swarm: string, output: unknown): OutputOf<'session.register'> {
  const registered = output as OutputOf<'session.register'>;
  const { session_id, incarnation } = registered;
  return { ...registered, credential: context.tokens.credentialOf({ swarm, session_id, incarnation }) };
}
