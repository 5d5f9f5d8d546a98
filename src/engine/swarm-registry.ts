/**
 * Owns the engines of a server, by the name of their swarm. Invariant: either all swarms are open or none is.
 */
import { Failure } from '../contract/failure.ts';
import type { EngineOptions } from './engine-options.ts';
import { SwarmEngine } from './swarm-engine.ts';

/** What the engine of a swarm is made with. */
type OptionsOf = (name: string) => Omit<EngineOptions, 'name'> | Promise<Omit<EngineOptions, 'name'>>;

/** The open swarms. */
export class SwarmRegistry {
  readonly #engines: ReadonlyMap<string, SwarmEngine>;

  private constructor(engines: ReadonlyMap<string, SwarmEngine>) {
    this.#engines = engines;
  }

  /** Opens these swarms, each with its options. Throws the Failure of the first that cannot be opened, and closes the rest. */
  static async open(names: readonly string[], optionsOf: OptionsOf): Promise<SwarmRegistry> {
    const engines = new Map<string, SwarmEngine>();
    const registry = new SwarmRegistry(engines);
    try {
      for (const name of new Set(names)) engines.set(name, await SwarmEngine.open({ ...(await optionsOf(name)), name }));
      return registry;
    } catch (error) {
      await registry.close();
      throw error;
    }
  }

  /** Names of the swarms, in the order they were opened. */
  get names(): readonly string[] {
    return [...this.#engines.keys()];
  }

  /** The engine of a swarm. Throws Failure `swarm_unknown`. */
  get(name: string): SwarmEngine {
    const engine = this.#engines.get(name);
    if (engine === undefined) throw new Failure('swarm_unknown', { swarm: name, known: this.names.join(', ') });
    return engine;
  }

  /** Closes every engine, each after its last commit. */
  async close(): Promise<void> {
    await Promise.all([...this.#engines.values()].map((engine) => engine.close()));
  }
}
