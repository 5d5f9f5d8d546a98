/**
 * docs/reference/openapi.json: the HTTP door as OpenAPI 3.1.
 */
import { openApi } from '../../src/server/openapi.ts';
import type { ReferenceGenerator } from './generator.ts';

/** Writes what `GET /openapi.json` answers. */
export const openApiReference: ReferenceGenerator = {
  file: 'docs/reference/openapi.json',
  generate: () => `${JSON.stringify(openApi(), null, 2)}\n`,
};
