/**
 * tutti forecast: when the backlog will be done, as a range, or why that cannot be said.
 */
import type { OutputOf } from '../../contract/operations.ts';
import { operationCommand } from '../operation-command.ts';
import { clockTime, counted, duration } from '../output/words.ts';

type Forecast = OutputOf<'swarm.forecast'>;

const WHY_UNKNOWN: Readonly<Record<NonNullable<Forecast['unknown']>, (forecast: Forecast) => string>> = {
  nothing_open: () => 'Nothing is open: the backlog is done.',
  too_few_ended: ({ ended, ended_needed }) =>
    `Only ${counted(ended, 'task')} completed so far; from ${ended_needed} on there is a forecast.`,
  too_many_open: ({ open }) => `${counted(open, 'open task')} are too many to look ahead.`,
  no_sessions: () => 'No session is there. Start one: tutti worker --capabilities build',
};

/** tutti forecast */
export const forecastCommand = operationCommand({
  path: 'forecast',
  summary: 'When the backlog will be done, as a range, from learned durations and the sessions there.',
  doing: 'show the forecast',
  operation: 'swarm.forecast',
  examples: [
    { run: 'tutti forecast', says: 'From when until when the last task may end' },
    { run: 'tutti forecast --at -1h', says: 'As it was said then' },
    { run: 'tutti forecast --json', says: 'The same for a program' },
  ],
  input: () => ({}),
  print: ({ output }, { terminal, now }) => {
    const { from, to, unknown, open, ended, unreachable } = output;
    if (unknown !== null || from === null || to === null) {
      terminal.say(unknown === null ? 'There is no forecast.' : WHY_UNKNOWN[unknown](output));
    } else {
      const within = [from, to].map((at) => duration(Math.max(0, Date.parse(at) - now()) / 1000));
      terminal.print(`done between ${clockTime(from)} and ${clockTime(to)}: in ${within[0]} to ${within[1]}, four times of five`);
      terminal.print(`from ${counted(open, 'open task')} and ${counted(ended, 'completed one')}`);
    }
    if (unreachable > 0)
      terminal.say(`▲ Left out: tasks that need ${unreachable === 1 ? 'a capability' : `${unreachable} capabilities`} nobody has.`);
  },
});
