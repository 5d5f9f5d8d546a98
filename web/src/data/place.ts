/**
 * Which swarm this page is about: bare paths mean `default`, `/s/{swarm}/…` names another. It never changes while a page lives.
 */

const named = /^\/s\/([a-z0-9][a-z0-9-]*)(?:\/|$)/.exec(location.pathname)?.[1];

/** Name of the swarm of this page. */
export const SWARM = named ?? 'default';
/** What stands before every path of this page's swarm: empty, or `/s/{swarm}`. */
export const BASE_PATH = named === undefined ? '' : `/s/${named}`;

/** The dashboard of another swarm. */
export function pathOfSwarm(swarm: string): string {
  return swarm === 'default' ? '/' : `/s/${encodeURIComponent(swarm)}/`;
}
