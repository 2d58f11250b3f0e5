/** Builds the page; beside each text asset lies its `.gz`, which nginx serves as it is. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import preact from '@preact/preset-vite';
import { defineConfig, type Plugin } from 'vite';

const COMPRESSED = /\.(js|css|html|svg|json)$/;

function precompress(folder: string): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    closeBundle() {
      for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        if (!COMPRESSED.test(file)) continue;
        const path = join(folder, file);
        writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
      }
    },
  };
}

/** Where `npm run dev` runs the node. */
const cluster = { target: process.env.C2C_NODE_URL ?? 'http://127.0.0.1:8080', ws: true };

export default defineConfig({
  plugins: [preact(), precompress(join(import.meta.dirname, 'dist'))],
  build: { target: 'es2022', modulePreload: { polyfill: false }, assetsInlineLimit: 0, sourcemap: false },
  server: { proxy: { '/api': cluster, '/ws': cluster, '/socket.io': cluster } },
});
