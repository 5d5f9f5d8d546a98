/**
 * The roles of principals.
 */

/** Who may call: each role may do what the roles before it may. */
export const ROLES = ['viewer', 'worker', 'operator', 'admin'] as const;
/** A role of a principal. */
export type Role = (typeof ROLES)[number];
