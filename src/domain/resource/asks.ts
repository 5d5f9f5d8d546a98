/**
 * What a task asks for beside a capability and a session.
 */

/** What a task may ask for. */
export interface Asks {
  readonly resources: Readonly<Record<string, number>> | null;
  readonly concurrency: { readonly key: string; readonly limit: number } | null;
}
