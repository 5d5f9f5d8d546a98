/**
 * tutti token: the token of a role, from the secret of the data folder.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AccessTokens, loadSecret } from '../../config/access-tokens.ts';
import { requireDataFolder } from '../../config/data-folder.ts';
import { Failure } from '../../contract/failure.ts';
import type { Role } from '../../contract/roles.ts';
import type { CliContext } from '../cli-context.ts';
import type { Values } from '../command.ts';
import { safeJson } from '../output/clean-text.ts';

const MAY: Readonly<Record<Role, string>> = {
  viewer: 'It may look at everything and change nothing.',
  worker: 'It may register sessions, take tasks, report, and add tasks.',
  operator: 'It may do what a worker may, and cancel and retry tasks.',
  admin: 'It may do everything: keep it to yourself.',
};

/** Prints the token; a message on stderr says what it may do. */
export async function printToken({ from, env, globals, terminal }: CliContext, values: Values): Promise<void> {
  const role = (values['role'] ?? 'admin') as Role;
  const folder = requireDataFolder({ from, env, flag: globals.data });
  if (!existsSync(join(folder, 'secret'))) throw new Failure('data_folder_missing', { folder });
  const token = new AccessTokens(loadSecret(folder)).tokenOf(role);
  terminal.print(globals.json ? safeJson({ role, token }) : token);
  if (terminal.interactive) terminal.say(terminal.err.dim(`${MAY[role]} Send it as \`authorization: Bearer …\`, or set TUTTI_TOKEN.`));
}
