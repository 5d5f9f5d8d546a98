/**
 * Turns a state into text and back, whatever it is made of: records, lists, maps, sets, and instances of the classes
 * named in `IMAGED_CLASSES`. Who shares an object before shares it afterwards, and cycles stay cycles.
 * Invariant: what cannot be brought back equal is refused when it is written, never lost.
 *
 * A frozen record or list of plain values, or of such frozen ones, has no identity: equal ones are one, and come back frozen.
 *
 * A text is a JSON array of records. An object that several others hold, a map, a set, a long list and an instance have a
 * record of their own, `[kind, id, content]`, and are referred to as `{"$": id}`; everything else stands where it is held.
 * A map, a set or a long list may go on in further records.
 */
import { IMAGED_CLASSES, type ImagedClass } from './imaged-classes.ts';

/** Kinds of records: record, list, map, set, instance, frozen value; `r` is the root. */
type Kind = 'o' | 'a' | 'm' | 's' | 'c' | 'f' | 'r';
type ImageRecord = readonly [kind: Kind, id: number, content: unknown, name?: string];

/** Lists that are longer have a record of their own. */
const INLINE_ITEMS = 64;
/** Entries in one record. */
const ENTRIES_AT_ONCE = 2000;
/** A text grows to about this many characters. */
const TEXT_CHARACTERS = 1 << 20;

const CLASSES: ReadonlyMap<unknown, readonly [string, ImagedClass]> = new Map(
  Object.entries(IMAGED_CLASSES).map(([name, each]) => [each.type.prototype, [name, each]]),
);

/** The number of objects that a value holds, itself included, and the texts that bring it back. Throws TypeError for what cannot be. */
export function imageOf(root: unknown): { readonly objects: number; readonly texts: Iterable<string> } {
  const writing = new Writing(root);
  return { objects: writing.objects, texts: writing.texts() };
}

/** What the texts of an image hold. Throws when they are not those of one. */
export function fromImage(texts: Iterable<string>): unknown {
  const reading = new Reading();
  for (const text of texts) reading.take(JSON.parse(text) as ImageRecord[]);
  return reading.finish();
}

class Writing {
  readonly #root: unknown;
  /** Objects with a record of their own, and their ids. */
  readonly #ids = new Map<object, number>();
  readonly #images = new Map<object, object>();
  /** Frozen values by their text: the id, and whether it was written. */
  readonly #frozen = new Map<string, number>();
  readonly #keys = new Map<string, string>();
  #last = 0;
  readonly objects: number;

  constructor(root: unknown) {
    this.#root = root;
    this.objects = this.#survey();
  }

  *texts(): Generator<string> {
    let text = '';
    for (const record of this.#records()) {
      text += `${text === '' ? '[' : ','}${record}`;
      if (text.length < TEXT_CHARACTERS) continue;
      yield `${text}]`;
      text = '';
    }
    if (text !== '') yield `${text}]`;
  }

  /** Finds what needs a record of its own. No recursion: a queue of tasks is as deep as it is long. */
  #survey(): number {
    const seen = new Set<object>();
    const open: unknown[] = [this.#root];
    while (open.length > 0) {
      const value = open.pop();
      if (typeof value !== 'object' || value === null) continue;
      if (seen.has(value)) {
        this.#own(value);
        continue;
      }
      seen.add(value);
      if (Object.isFrozen(value) && this.#ownFrozen(value)) continue;
      if (Array.isArray(value)) {
        if (value.length > INLINE_ITEMS) this.#own(value);
        for (const item of value as unknown[]) if (typeof item === 'object') open.push(item);
        continue;
      }
      for (const part of this.#partsOf(value)) if (typeof part === 'object') open.push(part);
    }
    return seen.size;
  }

  #partsOf(value: object): Iterable<unknown> {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) return Object.values(value) as unknown[];
    this.#own(value);
    if (value instanceof Map) return [...value.keys(), ...value.values()] as unknown[];
    if (value instanceof Set) return value as Set<unknown>;
    const imaged = CLASSES.get(prototype);
    if (imaged === undefined) throw new TypeError(`a state holds a ${value.constructor.name}, which has no image`);
    const image = imaged[1].image(value);
    this.#images.set(value, image);
    return [image];
  }

  #own(value: object): void {
    if (this.#ids.has(value)) return;
    this.#last += 1;
    this.#ids.set(value, this.#last);
  }

  /** True for a frozen value of plain values, or of such frozen ones: it has its id now, after those it holds. */
  #ownFrozen(value: object): boolean {
    const plain = Object.values(value as Record<string, unknown>).every(
      (item) =>
        item === null ||
        ['string', 'number', 'boolean'].includes(typeof item) ||
        (typeof item === 'object' && Object.isFrozen(item) && this.#ownFrozen(item)),
    );
    if (!plain || !(Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype)) return false;
    const text = Array.isArray(value) ? `[${value.map((item) => this.#held(item)).join(',')}]` : this.#fields(value);
    const known = this.#frozen.get(text);
    if (known !== undefined) this.#ids.set(value, known);
    else {
      this.#own(value);
      this.#frozen.set(text, this.#last);
    }
    return true;
  }

  *#records(): Generator<string> {
    yield `["r",0,${this.#held(this.#root)}]`;
    for (const [text, id] of this.#frozen) yield `["f",${id},${text}]`;
    const frozen = new Set(this.#frozen.values());
    for (const [value, id] of this.#ids) {
      if (frozen.has(id)) continue;
      if (value instanceof Map) yield* this.#parts('m', id, flattened(value as Map<unknown, unknown>));
      else if (value instanceof Set) yield* this.#parts('s', id, value as Set<unknown>);
      else if (Array.isArray(value)) yield* this.#parts('a', id, value as unknown[]);
      else {
        const image = this.#images.get(value);
        const name = image === undefined ? undefined : CLASSES.get(Object.getPrototypeOf(value))?.[0];
        yield image === undefined ? `["o",${id},${this.#fields(value)}]` : `["c",${id},${this.#held(image)},"${name}"]`;
      }
    }
  }

  *#parts(kind: Kind, id: number, items: Iterable<unknown>): Generator<string> {
    let text = '';
    let count = 0;
    for (const item of items) {
      text += `${count === 0 ? '' : ','}${this.#held(item)}`;
      count += 1;
      if (count < ENTRIES_AT_ONCE) continue;
      yield `["${kind}",${id},[${text}]]`;
      text = '';
      count = 0;
    }
    // An empty one has a record too.
    yield `["${kind}",${id},[${text}]]`;
  }

  /** A value where it is held: itself, or a reference. */
  #held(value: unknown): string {
    switch (typeof value) {
      case 'string':
        return JSON.stringify(value);
      case 'number':
        return Number.isFinite(value) && !Object.is(value, -0) ? String(value) : `{"$":"${Object.is(value, -0) ? '-0' : value}"}`;
      case 'boolean':
        return value ? 'true' : 'false';
      case 'undefined':
        return '{"$":"undefined"}';
      case 'object': {
        if (value === null) return 'null';
        const id = this.#ids.get(value);
        if (id !== undefined) return `{"$":${id}}`;
        return Array.isArray(value) ? `[${value.map((item) => this.#held(item)).join(',')}]` : this.#fields(value);
      }
      default:
        throw new TypeError(`a state holds a ${typeof value}, which has no image`);
    }
  }

  #fields(value: object): string {
    const keys = Object.keys(value);
    if (keys.some((key) => key.startsWith('$') || key === '__proto__')) {
      return `{"$":"pairs","pairs":[${keys.map((key) => `[${JSON.stringify(key)},${this.#held(Reflect.get(value, key))}]`).join(',')}]}`;
    }
    let text = '';
    for (const key of keys) text += `${text === '' ? '' : ','}${this.#quoted(key)}:${this.#held(Reflect.get(value, key))}`;
    return `{${text}}`;
  }

  #quoted(key: string): string {
    const known = this.#keys.get(key);
    if (known !== undefined) return known;
    const quoted = JSON.stringify(key);
    if (this.#keys.size < 1000) this.#keys.set(key, quoted);
    return quoted;
  }
}

function* flattened(map: ReadonlyMap<unknown, unknown>): Generator {
  for (const [key, value] of map) {
    yield key;
    yield value;
  }
}

class Reading {
  #root: unknown;
  readonly #objects: object[] = [];
  /** What is filled in once every object is there. */
  readonly #open: ImageRecord[] = [];

  take(records: readonly ImageRecord[]): void {
    for (const record of records) {
      const [kind, id, content, name] = record;
      if (kind === 'r') {
        this.#root = content;
        continue;
      }
      this.#objects[id] ??= this.#made(kind, content as object, name);
      this.#open.push(record);
    }
  }

  finish(): unknown {
    const instances: (() => void)[] = [];
    for (const [kind, id, content, name] of this.#open) {
      const object = this.#objects[id];
      if (kind === 'f') Object.freeze(this.#complete(object as Record<string, unknown>, content as object));
      else if (kind === 'o') this.#complete(object as Record<string, unknown>, content as object);
      else if (kind === 'a') for (const item of content as unknown[]) (object as unknown[]).push(this.#settled(item));
      else if (kind === 's') for (const item of content as unknown[]) (object as Set<unknown>).add(this.#settled(item));
      else if (kind === 'm') this.#fill(object as Map<unknown, unknown>, content as unknown[]);
      else {
        const image = this.#settled(content) as object;
        instances.push(() => classNamed(name).adopt(object as object, image));
      }
    }
    for (const adopt of instances) adopt();
    return this.#settled(this.#root);
  }

  #made(kind: Kind, content: object, name: string | undefined): object {
    if (kind === 'o' || kind === 'f') return '$' in content ? {} : content;
    if (kind === 'm') return new Map();
    if (kind === 's') return new Set();
    return kind === 'a' ? [] : new (classNamed(name).type)();
  }

  #fill(map: Map<unknown, unknown>, content: readonly unknown[]): void {
    for (let at = 0; at < content.length; at += 2) map.set(this.#settled(content[at]), this.#settled(content[at + 1]));
  }

  /** A value with its references resolved, in place. */
  #settled(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) {
      for (let at = 0; at < value.length; at += 1) if (typeof value[at] === 'object') value[at] = this.#settled(value[at]);
      return value;
    }
    if (!('$' in value)) return this.#settle(value as Record<string, unknown>);
    const { $: mark } = value;
    if (typeof mark === 'number') return this.#objects[mark];
    if (mark === 'pairs') return this.#complete({}, value);
    return mark === 'undefined' ? undefined : Number(mark);
  }

  #settle(object: Record<string, unknown>): object {
    for (const key in object) {
      const value = object[key];
      if (typeof value === 'object' && value !== null) object[key] = this.#settled(value);
    }
    return object;
  }

  /** A record is its own content, unless its keys could be taken for marks. */
  #complete(object: Record<string, unknown>, content: object): object {
    if (!('pairs' in content) || !('$' in content)) return this.#settle(object);
    for (const [key, value] of content.pairs as [string, unknown][]) {
      Object.defineProperty(object, key, { value: this.#settled(value), enumerable: true, writable: true, configurable: true });
    }
    return object;
  }
}

function classNamed(name: string | undefined): ImagedClass {
  const found = IMAGED_CLASSES[name ?? ''];
  if (found === undefined) throw new TypeError(`the image names the class ${name}, which is not known`);
  return found;
}
