/**
 * The classes that a state, or what recovery keeps beside it, holds instances of. Everything else in a state is plain.
 */
import { WordIndex } from '../../domain/knowledge/word-index.ts';
import { PathIndex } from '../../domain/lock/path-index.ts';
import { RecentCommands } from '../recent-commands.ts';

/** How instances of a class are written down and made again. */
export interface ImagedClass {
  readonly type: new () => object;
  /** What it holds, as it is. */
  readonly image: (instance: object) => object;
  /** Gives a fresh instance what another one held. */
  readonly adopt: (instance: object, image: object) => void;
}

/** What a class must be able to do to be kept. */
interface Imaged<T extends object> {
  image(): T;
  adopt(image: T): void;
}

/** Every such class by its name in an image. */
export const IMAGED_CLASSES: Readonly<Record<string, ImagedClass>> = {
  PathIndex: imaged(PathIndex),
  WordIndex: imaged(WordIndex),
  RecentCommands: imaged(RecentCommands),
};

function imaged<T extends object>(type: new () => Imaged<T>): ImagedClass {
  return {
    type,
    image: (instance) => (instance as Imaged<T>).image(),
    adopt: (instance, image) => (instance as Imaged<T>).adopt(image as T),
  };
}
