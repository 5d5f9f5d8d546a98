/**
 * Imported before anything that makes a schema: zod would try to compile with `Function`, which the page's policy forbids.
 */
import { config } from 'zod';

config({ jitless: true });
