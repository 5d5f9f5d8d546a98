/**
 * Events of named resources and of limits.
 */
import { z } from 'zod';
import { limitKey, resourceName } from '../ids.ts';
import { portRange, rateLimit } from '../views/resource-view.ts';

/** A resource is there, or has another capacity. */
export const resourceChanged = z.object({
  resource: resourceName,
  capacity: z.int(),
  ports: portRange.nullable(),
  description: z.string(),
});

/** It is gone. */
export const resourceGone = z.object({ resource: resourceName });

/** A key has a limit, or another one. */
export const limitChanged = z.object({ key: limitKey, concurrency: z.int().nullable(), rate: rateLimit.nullable() });

/** It has none any more, but for what its tasks say themselves. */
export const limitGone = z.object({ key: limitKey });

/** Its bucket has a token again, and somebody waits for it. */
export const limitRefilled = z.object({ key: limitKey });
