/**
 * One HTTP request over Node's own client, for programs that live for a moment: the platform's fetch takes longer to load
 * than a hook may take as a whole. Invariant: it follows no redirect, so that a token goes nowhere else.
 */
import type { IncomingMessage, request as requestOfNode, RequestOptions } from 'node:http';
import { reasonOf } from '../contract/failure.ts';
import type { TransportRequest, TransportResponse } from '../client/transport.ts';

/** Sends a request. Rejects with an Error that says why when the connection is refused or lost, and when the signal aborts. */
export async function httpRequest({ method, url, headers, body, signal }: TransportRequest): Promise<TransportResponse> {
  try {
    return await exchange(url, { method, headers: { ...headers, ...lengthOf(body) }, signal }, body);
  } catch (error) {
    throw signal.aborted ? signal.reason : new Error(networkReason(error), { cause: error });
  }
}

function exchange(url: string, options: RequestOptions, body: string | null): Promise<TransportResponse> {
  return new Promise((resolve, reject) => {
    const request = clientFor(url).request(url, options, (response) => {
      readWhole(response).then(resolve, reject);
    });
    request.on('error', reject);
    request.end(body ?? undefined);
  });
}

/** Not imported: an import reads every name of the module, and with one of them the whole of fetch. */
function clientFor(url: string): { readonly request: typeof requestOfNode } {
  return url.startsWith('https:') ? process.getBuiltinModule('node:https') : process.getBuiltinModule('node:http');
}

async function readWhole(response: IncomingMessage): Promise<TransportResponse> {
  response.setEncoding('utf8');
  let body = '';
  for await (const text of response) body += text as string;
  const { 'content-type': type = '', 'retry-after': retry_after = null } = response.headers;
  return { status: response.statusCode ?? 0, media_type: type.split(';', 1)[0]?.trim().toLowerCase() ?? '', retry_after, body };
}

function lengthOf(body: string | null): Readonly<Record<string, string>> {
  return body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) };
}

/** Where a name has several addresses, the first says why. */
function networkReason(error: unknown): string {
  return reasonOf(error instanceof AggregateError ? (error.errors as unknown[])[0] : error);
}
