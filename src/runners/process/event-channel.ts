/**
 * Hands events from a run to whoever reads them, in order. Invariant: what waits to be read is bounded; the sender waits.
 */

/** A bounded queue with one end for senders and one for readers. */
export interface EventChannel<T> {
  /** Resolves once there is room for the next event; `weight` is what this one takes of the capacity. */
  send(event: T, weight: number): Promise<void>;
  /** The next event; null after the last. */
  receive(): Promise<T | null>;
  /** Changes the capacity, in the unit of the weights. */
  resize(capacity: number): void;
  /** No event follows; those queued can still be read. */
  close(): void;
  /** Nobody reads any more: everything queued and sent from now on is dropped, and no sender waits. */
  abandon(): void;
}

/** Makes an open channel. */
export function createEventChannel<T>(initialCapacity: number): EventChannel<T> {
  const queue: { event: T; weight: number }[] = [];
  const readers: ((event: T | null) => void)[] = [];
  let senders: (() => void)[] = [];
  let capacity = initialCapacity;
  let weight = 0;
  let closed = false;
  let abandoned = false;

  const wakeSenders = (): void => {
    if (!abandoned && weight >= capacity) return;
    const waiting = senders;
    senders = [];
    for (const wake of waiting) wake();
  };
  const finishReaders = (): void => {
    for (const reader of readers.splice(0)) reader(null);
  };

  return {
    async send(event, eventWeight) {
      if (abandoned) return;
      const reader = readers.shift();
      if (reader !== undefined) {
        reader(event);
        return;
      }
      queue.push({ event, weight: eventWeight });
      weight += eventWeight;
      while (!abandoned && weight >= capacity) await new Promise<void>((resolve) => senders.push(resolve));
    },
    receive() {
      const next = queue.shift();
      if (next === undefined) return closed ? Promise.resolve(null) : new Promise((resolve) => readers.push(resolve));
      weight -= next.weight;
      wakeSenders();
      return Promise.resolve(next.event);
    },
    resize(next) {
      capacity = next;
      wakeSenders();
    },
    close() {
      closed = true;
      finishReaders();
    },
    abandon() {
      abandoned = true;
      closed = true;
      queue.length = 0;
      wakeSenders();
      finishReaders();
    },
  };
}
