/**
 * A host as a process of its own, so that it can be killed.
 */
import { type HostedSession, runHost } from '../../src/host/supervision/run-host.ts';

interface HostProcessOptions {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly session: HostedSession;
}

const { folder, environment, session } = JSON.parse(process.argv[2] ?? '') as HostProcessOptions;
await runHost({ wanted: () => [session], data_folder: folder, environment, signal: new AbortController().signal });
