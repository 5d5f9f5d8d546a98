/**
 * tutti open: opens the dashboard in a browser, signed in by a ticket that is good once. The ticket stands in the fragment of
 * the address, which browsers never send, so no log and no proxy sees it.
 */
import { spawn } from 'node:child_process';
import { z } from 'zod';
import { Failure, reasonOf } from '../../contract/failure.ts';
import { PAGE_TICKET_PATH, pageTicket, TICKET_FRAGMENT } from '../../contract/page-access.ts';
import type { FoundServer } from '../../config/find-server.ts';
import type { CliContext } from '../cli-context.ts';
import type { Values } from '../command.ts';
import { safeJson } from '../output/clean-text.ts';

const ANSWER_WITHIN_MS = 5000;
const OPENERS: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['explorer.exe'],
};

/** Opens it, or prints the address where nobody sits at a terminal. */
export async function openDashboard({ connect, globals, terminal }: CliContext, values: Values): Promise<void> {
  const { server } = await connect();
  const url = `${server.url}${pathOf(globals.swarm)}${server.token === null ? '' : `#${TICKET_FRAGMENT}=${await ticketFrom(server)}`}`;
  const prints = globals.json || values['print'] === true || !terminal.interactive;
  if (!prints && (await openInBrowser(url))) {
    terminal.say(`Opened ${server.url}${pathOf(globals.swarm)}.`);
    return;
  }
  terminal.print(globals.json ? safeJson({ url }) : url);
  if (terminal.interactive) terminal.say(terminal.err.dim('Good once, for a minute.'));
}

function pathOf(swarm: string | undefined): string {
  return swarm === undefined || swarm === 'default' ? '/' : `/s/${encodeURIComponent(swarm)}/`;
}

async function ticketFrom({ url, token }: FoundServer): Promise<string> {
  try {
    const response = await fetch(new URL(PAGE_TICKET_PATH, url), {
      method: 'POST',
      headers: { authorization: `Bearer ${token ?? ''}`, 'content-type': 'application/json' },
      body: '{}',
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      redirect: 'error',
    });
    if (response.status === 401) throw new Failure('unauthenticated');
    return pageTicket.parse(await response.json()).ticket;
  } catch (error) {
    if (error instanceof Failure) throw error;
    const reason = error instanceof z.ZodError ? 'it gives no tickets; it is an older Tutti' : reasonOf(error);
    throw new Failure('server_unreachable', { url, reason }, error);
  }
}

/** False when there is no program that opens addresses here. */
function openInBrowser(url: string): Promise<boolean> {
  const [command, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  return new Promise((resolve) => {
    const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
