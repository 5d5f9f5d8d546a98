/**
 * The routes that are no operations: is the process alive, does it take commands, what is here, and how is it called.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Failure } from '../contract/failure.ts';
import { openApi } from './openapi.ts';
import { admit } from './request-gate.ts';
import { sendFailure, sendJson, sendJsonText } from './send-reply.ts';
import type { ServerContext } from './server-context.ts';

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
