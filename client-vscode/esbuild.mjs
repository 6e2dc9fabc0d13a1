// Bundles src/ into dist/extension.js and copies the licence, which vsce wants beside package.json.
import { copyFileSync } from 'node:fs';
import { build } from 'esbuild';

const production = process.argv.includes('--production');

await build({
  entryPoints: ['src/extension.ts'],
  outfile: 'dist/extension.js',
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node22', // what VS Code 1.104, the oldest we support, runs
  external: ['vscode'],
  minify: production,
  sourcemap: !production,
  logLevel: 'warning',
});
copyFileSync('../LICENSE', 'LICENSE');
