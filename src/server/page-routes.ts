/**
 * The routes by which a page becomes somebody. They are no operations: they belong to the server, not to a swarm.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Failure } from '../contract/failure.ts';
import type { Role } from '../contract/roles.ts';
import { PAGE_SESSION_PATH, PAGE_SIGN_OUT_PATH, PAGE_TICKET_PATH, pageIntroduction, type PageSession } from '../contract/page-access.ts';
import { admitted, entryOf } from './operation-routes.ts';
import { admit, admitChange } from './request-gate.ts';
import { sendFailure, sendJson } from './send-reply.ts';
import type { ServerContext } from './server-context.ts';
import { validatorFor } from './validate-input.ts';

const BODY_LIMIT = 32_768;

const validate = validatorFor(pageIntroduction);

/** Adds them. */
export function addPageRoutes(app: FastifyInstance, context: ServerContext): void {
  const known = (changes: boolean) => entryOf(context, { changes, limit: BODY_LIMIT, check: () => undefined });
  app.post(PAGE_TICKET_PATH, { onRequest: known(true) }, (request, reply) => {
    sendJson(context, reply, context.pages.issueTicket(admitted(request).role, Date.now()));
  });
  app.get(PAGE_SESSION_PATH, { onRequest: known(false) }, (request, reply) => {
    sendJson(context, reply, sessionOf(context, admitted(request).role));
  });
  app.post(PAGE_SESSION_PATH, { onRequest: strangers(context) }, (request, reply) => {
    answer(context, reply, () => {
      const role = introduced(context, request.body);
      reply.header('set-cookie', context.pages.cookieFor(role, request.headers.host ?? '', Date.now()));
      return sessionOf(context, role);
    });
  });
  app.post(PAGE_SIGN_OUT_PATH, { onRequest: strangers(context) }, (request, reply) => {
    reply.header('set-cookie', context.pages.forget(request.headers.host ?? ''));
    sendJson(context, reply, { status: 'signed_out' });
  });
}

function introduced(context: ServerContext, body: unknown): Role {
  if (body instanceof Failure) throw body;
  const given = validate(body ?? {});
  const role = 'ticket' in given ? context.pages.redeem(given.ticket, Date.now()) : context.tokens.roleOf(given.token.trim());
  if (role === null) throw new Failure('unauthenticated');
  return role;
}

function sessionOf({ auth, swarms, instance }: ServerContext, role: Role): PageSession {
  return { role, auth, swarms: [...swarms.names], instance };
}

/** Lets in who is nobody yet, but no page of another origin. */
function strangers(context: ServerContext): (request: FastifyRequest, reply: FastifyReply, done: () => void) => void {
  return (request, reply, done) => {
    try {
      admit(context, request.raw.headers);
      admitChange(context, request.raw.headers);
      request.bodyLimit = BODY_LIMIT;
    } catch (error) {
      sendFailure(context, reply, error);
      return;
    }
    done();
  };
}

function answer(context: ServerContext, reply: FastifyReply, make: () => unknown): void {
  try {
    sendJson(context, reply, make());
  } catch (error) {
    sendFailure(context, reply, error);
  }
}
