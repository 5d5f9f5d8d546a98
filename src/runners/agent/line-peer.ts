/**
 * One side of a conversation by requests, answers and notifications over lines of JSON, as JSON-RPC has them. The name of
 * the protocol is left out, as Codex does.
 * Invariant: every request of the other side is answered once, and none of ours waits for a side that has gone.
 */
import { reasonOf } from '../../contract/failure.ts';
import { type LooseObject, objectAt, shortText, textAt } from '../../contract/loose-json.ts';

/** What the other side wants. */
export interface LinePeerPorts {
  readonly write: (line: LooseObject) => void;
  /** Answers a request of the other side; what it rejects with is told as an error. */
  readonly onRequest: (method: string, params: LooseObject) => Promise<LooseObject>;
  readonly onNotification: (method: string, params: LooseObject) => Promise<void>;
  /** Aborted when the other side has gone. */
  readonly over: AbortSignal;
}

/** Our side. */
export interface LinePeer {
  /** Rejects with what the other side says against it, or when it goes. */
  readonly request: (method: string, params: LooseObject) => Promise<LooseObject>;
  readonly notify: (method: string) => void;
  /** Takes a line of the other side. */
  readonly take: (line: LooseObject) => Promise<void>;
}

/** Makes our side. */
export function createLinePeer({ write, onRequest, onNotification, over }: LinePeerPorts): LinePeer {
  const waiting = new Map<number, PromiseWithResolvers<LooseObject>>();
  let asked = 0;
  const gone = (): TypeError => new TypeError('the program has ended');
  over.addEventListener('abort', () => {
    for (const each of waiting.values()) each.reject(gone());
    waiting.clear();
  });
  const answer = async (line: LooseObject): Promise<void> => {
    const { id } = line;
    try {
      write({ id, result: await onRequest(textAt(line, 'method'), objectAt(line, 'params')) });
    } catch (error) {
      write({ id, error: { code: -32_601, message: reasonOf(error) } });
    }
  };
  const settle = (line: LooseObject): void => {
    const id = Number(line['id']);
    const held = waiting.get(id);
    waiting.delete(id);
    if ('error' in line) held?.reject(new TypeError(shortText(textAt(objectAt(line, 'error'), 'message') || line['error'])));
    else held?.resolve(objectAt(line, 'result'));
  };
  return {
    request(method, params) {
      if (over.aborted) return Promise.reject(gone());
      asked += 1;
      const held = Promise.withResolvers<LooseObject>();
      waiting.set(asked, held);
      write({ id: asked, method, params });
      return held.promise;
    },
    notify: (method) => write({ method }),
    async take(line) {
      if (!('method' in line)) settle(line);
      else if ('id' in line) void answer(line);
      else await onNotification(textAt(line, 'method'), objectAt(line, 'params'));
    },
  };
}
