/**
 * Gives every property test the same seed, so that a run of the tests is the same everywhere: what one machine found, every
 * machine finds. `PROPERTY_SEED=<number>` looks at other cases, `PROPERTY_SEED=random` (`npm run test:explore`) at new ones
 * each time; a failure names the seed that repeats it.
 */
import { configureGlobal, readConfigureGlobal } from 'fast-check';

const SEED = 42;
const asked = process.env['PROPERTY_SEED'];

if (asked !== 'random') configureGlobal({ ...readConfigureGlobal(), seed: asked === undefined ? SEED : Number(asked) });
