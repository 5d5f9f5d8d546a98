/**
 * What the configuration says of the server and the swarm that are spoken to.
 */
import type { LoadedConfiguration } from './load-configuration.ts';

/** A server that is named by its address. */
export interface NamedServer {
  readonly url: string;
  /** A file of the project names it, which may have come from a stranger. */
  readonly from_project: boolean;
}

/** The server and the swarm that were chosen. */
export interface ServerChoice {
  /** null: none is named, the one of this machine is looked for. */
  readonly server: NamedServer | null;
  /** null: the swarm of the token. */
  readonly swarm: string | null;
}

/** What was chosen. */
export function serverChoice({ configuration, values }: LoadedConfiguration): ServerChoice {
  const sourceOf = (name: string): string | undefined => values.find(({ key }) => key === name)?.origin.source;
  const { server: url, swarm } = configuration;
  return {
    server: url === undefined ? null : { url, from_project: sourceOf('server') === 'project' },
    swarm: sourceOf('swarm') === 'default' ? null : swarm,
  };
}
