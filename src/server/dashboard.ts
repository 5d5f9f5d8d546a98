/**
 * Serves the built dashboard: its files, and its one page under every path that is a page.
 * Invariant: nothing outside the build's folder is ever read, because only files listed at the start are known.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Failure } from '../contract/failure.ts';
import { PAGES } from '../contract/page-access.ts';
import { admit } from './request-gate.ts';
import { sendFailure } from './send-reply.ts';
import type { ServerContext } from './server-context.ts';

/** No third party, no inline code, no framing; styles that scripts set on elements are not inline styles to a browser. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.md': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};
const COMPRESSED = new Set(['.css', '.html', '.js', '.json', '.md', '.svg']);
const FOR_EVER = 'public, max-age=31536000, immutable';

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Tutti</title>
<h1>Tutti</h1>
<p>The dashboard is not built. In a checkout: <code>npm run build</code>, then reload this page.</p>
<p>Everything else works: <code>tutti status</code>, <code>tutti --help</code>, <a href="/openapi.json">/openapi.json</a>.</p>
</html>
`;

interface DashboardFile {
  readonly bytes: Buffer;
  readonly packed: Buffer | null;
}

/** Adds the pages and the files. `folder` holds the build, or null: there is none. */
export function addDashboardRoutes(app: FastifyInstance, context: ServerContext, folder: string | null): void {
  const files = new Map<string, DashboardFile>();
  const page = (request: FastifyRequest, reply: FastifyReply): void => sendFile(context, { request, reply, files, folder }, 'index.html');
  app.get('/', page);
  // A page and an operation may share a path (/metrics, /config): a browser that navigates asks for HTML, a program does not.
  app.addHook('onRequest', (request, reply, done) => {
    if (request.method === 'GET' && isPage(request.url) && request.headers.accept?.includes('text/html') === true) page(request, reply);
    else done();
  });
  app.get('/assets/*', (request, reply) => {
    const { '*': name } = request.params as { readonly '*': string };
    sendFile(context, { request, reply, files, folder }, `assets/${name}`);
  });
  for (const name of ['theme.js', 'favicon.svg', 'licenses.md']) {
    app.get(`/${name}`, (request, reply) => sendFile(context, { request, reply, files, folder }, name));
  }
}

/** The files of a build below its folder; empty when it is not built. */
function listed(folder: string): readonly string[] {
  if (!existsSync(join(folder, 'index.html'))) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/'));
}

function isPage(url: string): boolean {
  const [, swarm, path = ''] = /^(\/s\/[^/]+)?([^?#]*)/.exec(url) ?? [];
  const [, first = '', ...rest] = path.split('/');
  if (first === '') return swarm !== undefined;
  // Below the pages lie operations, but for one page per task and session.
  return (PAGES as readonly string[]).includes(first) && rest.length <= (first === 'tasks' || first === 'sessions' ? 1 : 0);
}

interface FileRequest {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly files: Map<string, DashboardFile>;
  readonly folder: string | null;
}

function sendFile(context: ServerContext, { request, reply, files, folder }: FileRequest, name: string): void {
  try {
    admit(context, request.raw.headers);
  } catch (error) {
    sendFailure(context, reply, error);
    return;
  }
  const file = files.get(name) ?? (folder === null ? null : load(folder, name));
  const type = TYPES[extname(name)] ?? 'application/octet-stream';
  reply.header('x-content-type-options', 'nosniff').header('referrer-policy', 'no-referrer').header('content-type', type);
  if (name === 'index.html') {
    reply.header('content-security-policy', POLICY).header('cross-origin-opener-policy', 'same-origin').header('cache-control', 'no-store');
    reply.header('permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()');
    if (file === null) {
      reply.send(NOT_BUILT);
      return;
    }
  } else if (file === null) {
    sendFailure(context, reply, new Failure('operation_unknown', { operation: `GET /${name.slice(0, 200)}` }));
    return;
  } else {
    // Only names with a hash stand for one content for ever. A page that was just built anew is not cached above either.
    reply.header('cache-control', name.startsWith('assets/') ? FOR_EVER : 'no-cache').header('cross-origin-resource-policy', 'same-origin');
    if (name.startsWith('assets/')) files.set(name, file);
  }
  const zips = file.packed !== null && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  if (zips) reply.header('content-encoding', 'gzip');
  reply.header('vary', 'accept-encoding').send(zips ? file.packed : file.bytes);
}

/** Reads a file of the build; null when the build has none of that name. */
function load(folder: string, name: string): DashboardFile | null {
  if (!listed(folder).includes(name) || extname(name) === '') return null;
  const bytes = readFileSync(join(folder, name));
  return { bytes, packed: COMPRESSED.has(extname(name)) ? gzipSync(bytes) : null };
}
