import react from '@vitejs/plugin-react';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

/** Where `npm run dev` finds the portal's server: one that runs already. */
const SERVER = process.env['PORTAL_SERVER'] ?? 'http://127.0.0.1:3000';

const inTree = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// The server believes only pages of its own host, and knows it by the header.
const SAME_HOST = { target: SERVER, changeOrigin: false };

/** The worker for pages without a network (src/device/offline-worker.js), with the files of this build written into it. */
const offlineWorker: Plugin = {
  name: 'offline-worker',
  apply: 'build',
  generateBundle(_, bundle) {
    const files = Object.keys(bundle)
      .filter((name) => name.startsWith('assets/'))
      .map((name) => `/${name}`)
      .sort();
    // Names of files hold the hash of what is in them: another build, another worker.
    const build = createHash('sha256').update(files.join()).digest('hex').slice(0, 16);
    const source = readFileSync(inTree('src/device/offline-worker.js'), 'utf8')
      .replace('const FILES = [];', `const FILES = ${JSON.stringify([...files, '/favicon.svg'])};`)
      .replace('onething-shell-BUILD', `onething-shell-${build}`);
    this.emitFile({ type: 'asset', fileName: 'offline-worker.js', source });
  },
};

export default defineConfig({
  plugins: [react(), offlineWorker],
  resolve: {
    alias: { '@app/api-client/vocabulary.json': inTree('../../libs/api-client/vocabulary.json') },
  },
  build: {
    // Computers of the offices: Windows 7 keeps Chromium 109.
    target: 'chrome109',
    // Everything is a file of our own host: the page's policy lets nothing stand in it.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    chunkSizeWarningLimit: 1600,
  },
  server: { proxy: { '/workbench': SAME_HOST, '/api': SAME_HOST } },
});
