/**
 * What one seed draws: how large the world is, by which rules it lives, and how often what goes wrong.
 */
import { type Settings, settings } from '../../src/contract/settings.ts';
import { type DiskFaults, SOUND_DISK } from './sim-disk.ts';
import { type NetFaults, SOUND_NET } from './sim-net.ts';
import type { ClockError } from './sim-process.ts';
import type { Habits } from './sim-person.ts';
import type { SeededRandom } from './seeded-random.ts';

/** What can be done to a world. */
export const BLOWS = [
  'kill the server',
  'cut the power of the server',
  'pause the server',
  'restart the server',
  'set the clock of the server',
  'kill a worker',
  'pause a worker',
  'restart a worker',
  'start a worker twice',
  'lose a worker',
  'set the clock of a worker',
  'partition a worker',
  'partition a person',
  'bad disk',
  'bad net',
  'spoil a checkpoint',
] as const;
/** One of them. */
export type Blow = (typeof BLOWS)[number];

/** A worker as it is planned. */
export interface PlannedWorker {
  readonly name: string;
  readonly slots: number;
  readonly capabilities: readonly string[];
  readonly clock: ClockError;
}

/** A world as it is planned. */
export interface WorldPlan {
  readonly seed: string;
  readonly settings: Partial<Settings>;
  readonly workers: readonly PlannedWorker[];
  readonly people: number;
  readonly habits: Habits;
  readonly clock: ClockError;
  /** How long things go wrong, in ms. */
  readonly chaos_ms: number;
  /** Mean time between two blows, in ms. */
  readonly blow_ms: number;
  readonly blows: readonly Blow[];
  /** Blows that happen at most; Infinity unless somebody looks for the smallest world. */
  readonly blows_at_most: number;
  /** False: no WebSocket gets through. */
  readonly sockets: boolean;
  /** How old changes are when a checkpoint is made, in ms; 0: there are none. */
  readonly checkpoint_ms: number;
  /** Faults while the disk is bad, and while the network is. */
  readonly disk: DiskFaults;
  readonly net: NetFaults;
  /** Faults of the network at all times. */
  readonly usualNet: NetFaults;
  readonly rare: RarePlan;
}

/** What only few worlds have. It is drawn apart, so that every other world is as it was before this came in. */
export interface RarePlan {
  /** When the server loses its folder to another one, in ms; null: not by intent. */
  readonly folder_lost_ms: number | null;
  /** Mean time between two things that an operator does, in ms; null: there is none. */
  readonly operator_ms: number | null;
  /** Mean time between two things that are done to the log as a whole, in ms; null: nobody does any. */
  readonly archivist_ms: number | null;
}

/** None of it. */
export const NOTHING_RARE: RarePlan = { folder_lost_ms: null, operator_ms: null, archivist_ms: null };

const CAPABILITIES = ['code', 'verify'] as const;

/** Draws a world. */
export function planWorld(seed: string, random: SeededRandom, rare: SeededRandom): WorldPlan {
  const settings = drawSettings(random);
  const workers = Array.from({ length: random.whole(1, 5) }, (_, index) => ({
    name: `worker-${index + 1}`,
    slots: random.whole(1, 3),
    capabilities: index === 0 ? CAPABILITIES : CAPABILITIES.filter(() => random.chance(0.6)),
    clock: { rate: random.between(0.97, 1.03), offset_ms: random.between(-60_000, 60_000) },
  }));
  return {
    seed,
    workers,
    people: random.whole(1, 3),
    settings,
    habits: drawHabits(random, settings),
    clock: { rate: random.between(0.97, 1.03), offset_ms: random.between(-1000, 1000) },
    chaos_ms: random.between(30_000, 240_000),
    blow_ms: random.between(2000, 30_000),
    blows: BLOWS.filter(() => random.chance(0.5)),
    blows_at_most: Infinity,
    sockets: random.chance(0.7),
    checkpoint_ms: draw(random, 20_000),
    disk: { write_error: draw(random, 0.05), no_space: draw(random, 0.05), sync_error: draw(random, 0.05), slow: draw(random, 0.3) },
    net: { loss: draw(random, 0.3), reset: draw(random, 0.2), duplicate: draw(random, 0.5), delay_ms: random.between(1, 500) },
    usualNet: { ...SOUND_NET, duplicate: draw(random, 0.1), reset: draw(random, 0.02), delay_ms: random.between(0.2, 20) },
    rare: drawRare(rare),
  };
}

function drawRare(random: SeededRandom): RarePlan {
  return {
    folder_lost_ms: random.chance(0.1) ? random.between(10_000, 60_000) : null,
    operator_ms: random.chance(0.15) ? random.between(2000, 20_000) : null,
    archivist_ms: random.chance(0.2) ? random.between(1000, 8000) : null,
  };
}

/** No fault at all, from here on. */
export const CALM = { disk: SOUND_DISK, net: SOUND_NET };

/** Now and then a world has so many tasks that some leave memory. */
function drawHabits(random: SeededRandom, { policy }: Partial<Settings>): Habits {
  const busy = random.chance(0.15);
  // Plans are made where durations are known well.
  const steady = policy === 'optimal' && random.chance(0.5);
  return {
    steady,
    tasks: steady ? random.whole(40, 120) : busy ? random.whole(150, 300) : random.whole(5, 60),
    capabilities: CAPABILITIES,
    pause_ms: busy || steady ? random.between(200, 500) : random.between(300, 3000),
    run_ms: steady ? random.between(1500, 6000) : busy ? random.between(50, 1500) : random.between(500, 15_000),
    fails: steady ? 0 : random.between(0, 0.3),
  };
}

function drawSettings(random: SeededRandom): Partial<Settings> {
  const offline_after = random.whole(6, 30);
  return {
    heartbeat_interval: random.whole(3, 10),
    offline_after,
    task_claim_timeout: random.whole(5, 40),
    stall_after: random.whole(10, 60),
    probe_grace: random.whole(2, 10),
    health_interval: random.whole(3, 20),
    assignment_interval: random.whole(2, 10),
    finished_in_memory: random.pick([0, 3, 20, 1000]),
    max_lost_attempts: 1000,
    policy: random.pick(settings.shape.policy.unwrap().options),
  };
}

/** Half the worlds are without this fault; the others have it up to this often. */
function draw(random: SeededRandom, most: number): number {
  return random.chance(0.5) ? 0 : random.between(0, most);
}
