/** How the dashboard is built: one page, hashed names, no third party. */
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { withoutDescriptions } from './without-descriptions.ts';

export default defineConfig({
  plugins: [react(), tailwindcss(), withoutDescriptions()],
  // The page lives at / and below /s/{swarm}/: files are always named from the root.
  base: '/',
  build: {
    target: 'es2023',
    sourcemap: false,
    manifest: true,
    license: { fileName: 'licenses.md' },
    // Inline data would need a looser policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 600,
  },
  server: {
    proxy: { '/api': 'http://127.0.0.1:8600', '/page': 'http://127.0.0.1:8600', '/swarm': { target: 'http://127.0.0.1:8600', ws: true } },
  },
});
