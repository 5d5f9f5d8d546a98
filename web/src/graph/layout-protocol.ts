/**
 * What the page and the worker that lays graphs out say to each other.
 */

/** A question to the worker. */
export interface LayoutQuestion {
  readonly id: number;
  readonly nodes: readonly string[];
  readonly edges: readonly (readonly [from: string, to: string])[];
}

/** Its answer: the upper left corner of each node. */
export interface LayoutAnswer {
  readonly id: number;
  readonly places: readonly (readonly [node: string, x: number, y: number])[];
}
