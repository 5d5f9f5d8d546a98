/**
 * Who sends a command: a principal, and the session it speaks for when it proved that.
 */

/** Who sends a command. */
export interface Caller {
  /** Name of the principal, as it appears in events. */
  readonly actor: string;
  /** The session whose credential came along, or null. */
  readonly credential: { readonly session_id: string; readonly incarnation: number } | null;
}
