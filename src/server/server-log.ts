/**
 * The server's own log: JSON lines. Invariant: no token, credential or secret of ours ever reaches it, wherever it came from.
 */
import { pino, type DestinationStream, type Logger } from 'pino';

/** Where the log goes and how much of it. */
export interface ServerLogOptions {
  readonly level: string;
  /** A file to append to, or a stream. */
  readonly destination: string | DestinationStream;
}

const SECRETS = /tutti_(viewer|worker|operator|admin|session)_[\w.-]+/g;
const HIDDEN = '[hidden]';

/** Opens the log. A file is made readable by its owner only. */
export function openServerLog({ level, destination }: ServerLogOptions): Logger {
  const lines =
    typeof destination === 'string' ? pino.destination({ dest: destination, sync: true, append: true, mode: 0o600 }) : destination;
  const censored: DestinationStream = { write: (line) => lines.write(line.replaceAll(SECRETS, HIDDEN)) };
  const secretFields = ['authorization', 'token', 'credential', 'secret', 'password', '["tutti-session"]'];
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: secretFields.flatMap((field) => [field, field.startsWith('[') ? `*${field}` : `*.${field}`]), censor: HIDDEN },
    },
    censored,
  );
}
