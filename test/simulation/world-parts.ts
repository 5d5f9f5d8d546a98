/**
 * What the parts of one simulated world share: its plan, its time, its disk and network, and where they say what happens.
 */
import type { Mutant } from './mutants.ts';
import { type Cut, cutPlan } from './shrink.ts';
import { SeededRandom } from './seeded-random.ts';
import { SimCheckpoints } from './sim-checkpoints.ts';
import { SimDisk } from './sim-disk.ts';
import { SimStorage } from './sim-storage.ts';
import { SimNet } from './sim-net.ts';
import { type ClockError, SimProcess } from './sim-process.ts';
import { Testimony } from './testimony.ts';
import { BEGINNING, VirtualTime } from './virtual-time.ts';
import { planWorld, type WorldPlan } from './world-plan.ts';

/** What a run may be given. */
export interface WorldOptions {
  /** A rule that is taken out: some seed must notice. */
  readonly mutant?: Mutant;
  /** What is left out of the world. */
  readonly cut?: Cut;
  /** Told what happens. */
  readonly trace?: (line: string) => void;
}

/** What the parts of one world share. */
export class WorldParts {
  readonly plan: WorldPlan;
  readonly mutant: Mutant | undefined;
  readonly random: SeededRandom;
  readonly time: VirtualTime;
  readonly disk: SimDisk;
  readonly storage: SimStorage;
  readonly net: SimNet;
  readonly checkpoints: SimCheckpoints;
  readonly testimony = new Testimony();
  /** Every fault that happened, with how often. */
  readonly faults = new Map<string, number>();
  readonly violations: string[] = [];
  /** Blows so far. */
  blows = 0;
  /** False once nothing goes wrong any more. */
  chaos = true;
  readonly #say: (line: string) => void;
  #started = 0;

  constructor(seed: string, { mutant, cut = {}, trace = () => undefined }: WorldOptions) {
    const random = new SeededRandom(seed);
    const see = (fault: string): void => this.see(fault);
    this.mutant = mutant;
    this.#say = trace;
    this.plan = cutPlan(planWorld(seed, random.derive('plan'), random.derive('rare')), cut);
    this.random = random.derive('blows');
    this.time = new VirtualTime(random.derive('time'));
    this.disk = new SimDisk(random.derive('disk'), see);
    this.checkpoints = new SimCheckpoints(random.derive('checkpoints'), see, mutant?.checkpoints);
    this.storage = new SimStorage('simulated', this.disk, { rules: mutant?.journal ?? {}, folder: this.checkpoints.folder });
    this.net = new SimNet(this.time, random.derive('net'), see);
    this.net.faults = this.plan.usualNet;
    this.net.sockets = this.plan.sockets;
    if (mutant?.frame !== undefined) this.net.frame = mutant.frame;
    if (mutant?.believer !== undefined) this.net.believer = mutant.believer;
  }

  /** A process begins; each has a randomness of its own. */
  makeProcess(name: string, clock: ClockError): SimProcess {
    this.#started += 1;
    return new SimProcess(name, this.time, new SeededRandom(`${this.plan.seed}/${name}/${this.#started}`), clock);
  }

  /** A fault happened. */
  see(fault: string): void {
    this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
  }

  /** An invariant is broken. */
  violate(violation: string): void {
    this.trace(`VIOLATION ${violation}`);
    this.violations.push(violation);
  }

  /** The world is over: nothing of it goes on, nothing of it stays. */
  end(): void {
    this.time.end();
    this.checkpoints.end();
  }

  trace(line: string): void {
    this.#say(`${((this.time.now - BEGINNING) / 1000).toFixed(3).padStart(9)} ${line}`);
  }
}
