/**
 * What is done to a simulated world, at random moments, until it is calm.
 */
import type { Workforce } from './workforce.ts';
import type { ServerKeeper } from './server-keeper.ts';
import { SOUND_DISK } from './sim-disk.ts';
import { type Blow, CALM } from './world-plan.ts';
import type { WorldParts } from './world-parts.ts';

const LONGEST_JUMP_MS = 43_200_000;
/** As long as a disk is full before its server is stopped: until somebody has written something. */
const FULL_MS = 5000;
/** From when another server is started beside a silent one, until its clients have given it up. */
const SHORTEST_LOSS_MS = 11_000;
const LONGEST_LOSS_MS = 20_000;

/** Strikes now and then, as the plan says, until the world is calm. */
export function strikeLater(parts: WorldParts, keeper: ServerKeeper, crew: Workforce): void {
  const { plan, random, time } = parts;
  if (plan.blows.length === 0) return;
  void time.after(random.exponential(plan.blow_ms), () => {
    if (!parts.chaos || parts.blows >= plan.blows_at_most) return;
    parts.blows += 1;
    const blow = random.pick(plan.blows);
    parts.see(`blow: ${blow}`);
    strike(parts, keeper, crew, blow);
    strikeLater(parts, keeper, crew);
  });
}

/**
 * In few worlds, once: the disk of the server is full, so that it lets go of its folder; then it is stopped, for long enough
 * that another one takes the folder.
 */
export function loseFolderOnce(parts: WorldParts, keeper: ServerKeeper): void {
  const { plan, random, time, disk } = parts;
  const { folder_lost_ms } = plan.rare;
  if (folder_lost_ms === null) return;
  const while_ms = random.derive('folder').between(SHORTEST_LOSS_MS, LONGEST_LOSS_MS);
  void time.after(folder_lost_ms, () => {
    if (!parts.chaos) return;
    parts.trace(`THE FOLDER IS LOST (${Math.round(while_ms)} ms)`);
    disk.faults = { ...SOUND_DISK, no_space: 1 };
    void time.after(FULL_MS, () => {
      disk.faults = CALM.disk;
      keeper.pause(while_ms);
    });
  });
}

/** Nothing is wrong any more with what still lives. */
export function calmDown(parts: WorldParts, keeper: ServerKeeper, crew: Workforce): void {
  parts.trace('CALM');
  parts.chaos = false;
  parts.disk.faults = CALM.disk;
  parts.net.faults = CALM.net;
  parts.net.heal();
  parts.storage.moveArchive(false);
  keeper.process?.resume();
  for (const { process } of crew.workers) process?.resume();
}

function strike(parts: WorldParts, keeper: ServerKeeper, crew: Workforce, blow: Blow): void {
  const { plan, random, time, disk, net } = parts;
  const worker = random.pick(crew.workers);
  const while_ms = random.exponential(15_000);
  parts.trace(`BLOW ${blow} (${worker.planned.name}, ${Math.round(while_ms)} ms)`);
  switch (blow) {
    case 'kill the server':
      return keeper.kill();
    case 'cut the power of the server':
      return keeper.cutPower();
    case 'restart the server':
      return void keeper.restart();
    case 'pause the server':
      return keeper.pause(while_ms);
    case 'set the clock of the server':
      return keeper.process?.jump(jump(parts));
    case 'kill a worker':
      return crew.kill(worker);
    case 'restart a worker':
      return worker.stop();
    case 'start a worker twice':
      return crew.startTwin(worker);
    case 'lose a worker':
      return crew.lose(worker);
    case 'pause a worker':
      return crew.pause(worker, 2 * while_ms);
    case 'set the clock of a worker':
      return worker.process?.jump(jump(parts));
    case 'partition a worker':
      return partition(parts, worker.planned.name, while_ms);
    case 'partition a person':
      return partition(parts, 'person-1', while_ms);
    case 'spoil a checkpoint':
      parts.checkpoints.spoil();
      // Otherwise it is seldom used before another is made.
      return random.chance(0.6) ? keeper.kill() : undefined;
    case 'bad disk':
      disk.faults = plan.disk;
      return void time.after(while_ms, () => (disk.faults = CALM.disk));
    case 'bad net':
      net.faults = plan.net;
      return void time.after(while_ms, () => (net.faults = parts.chaos ? plan.usualNet : CALM.net));
  }
}

function partition({ net, random, time }: WorldParts, name: string, ms: number): void {
  net.partition(name, random.pick(['there', 'back']));
  void time.after(ms, () => net.heal());
}

/** Forth or back, mostly little. */
function jump({ random }: WorldParts): number {
  return random.between(-1, 1) * LONGEST_JUMP_MS * random.next() ** 3;
}
