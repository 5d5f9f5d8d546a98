/**
 * The routes that are no operations: is the process alive, does it take commands, what is here, and how is it called.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Failure } from '../contract/failure.ts';
import { openApi } from './openapi.ts';
import { admit } from './request-gate.ts';
import { send, sendFailure, sendJson, sendJsonText } from './send-reply.ts';
import type { ServerContext } from './server-context.ts';

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Tutti</title>
<h1>Tutti</h1>
<p>This server coordinates agent sessions. It has no page yet; it is spoken to by:</p>
<ul>
<li>the command line: <code>tutti status</code>, <code>tutti task list</code>, <code>tutti --help</code></li>
<li>HTTP: <a href="/openapi.json">/openapi.json</a> describes every operation; <code>tutti token</code> prints the token it asks for</li>
</ul>
</html>
`;
const PAGE_POLICY = "default-src 'none'; style-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** Made when it is first asked for. */
let description: string | null = null;

/** Adds them. Probes may come under any host name: a pod's address is not known beforehand, and they say nothing secret. */
export function addPlainRoutes(app: FastifyInstance, context: ServerContext): void {
  app.get('/livez', { exposeHeadRoute: true }, (_request, reply) =>
    sendJson(context, reply, { status: 'alive', instance: context.instance }),
  );
  app.get('/readyz', { exposeHeadRoute: true }, (_request, reply) => {
    const fault = context.closing ? new Failure('shutting_down') : faultOf(context);
    if (fault === null) sendJson(context, reply, { status: 'ready', instance: context.instance, swarms: context.swarms.names });
    else sendFailure(context, reply, fault, 503);
  });
  app.get(
    '/openapi.json',
    forEverybody(context, (reply) => sendJsonText(context, reply, (description ??= JSON.stringify(openApi())))),
  );
  app.get(
    '/',
    forEverybody(context, (reply) => {
      reply.header('content-security-policy', PAGE_POLICY).header('referrer-policy', 'no-referrer');
      send(context, reply, 'text/html; charset=utf-8', PAGE);
    }),
  );
}

/** Why one of the swarms takes no commands now. */
function faultOf({ swarms }: ServerContext): Failure | null {
  for (const name of swarms.names) {
    const { fault } = swarms.get(name);
    if (fault !== null) return fault;
  }
  return null;
}

function forEverybody(
  context: ServerContext,
  answer: (reply: FastifyReply) => void,
): (request: FastifyRequest, reply: FastifyReply) => void {
  return (request, reply) => {
    try {
      admit(context, request.raw.headers);
      answer(reply);
    } catch (error) {
      sendFailure(context, reply, error);
    }
  };
}
