/** The simulator and the code it runs, as one module: patched where a weakening says so, and fast to start in several workers. */
import { readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Plugin, build } from 'esbuild';
import { type Patch, applyPatches } from './weakened/weakening.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** @returns JavaScript for a thread: see worker.ts. @throws when a patch no longer applies. */
export async function bundle(patches: readonly Patch[] = []): Promise<string> {
  const applied = new Set<string>();
  const result = await build({
    absWorkingDir: ROOT,
    entryPoints: ['test/simulation/worker.ts'],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'silent',
    plugins: [patcher(patches, applied)],
  });
  const missed = patches.find(({ file }) => !applied.has(file));
  if (missed) throw new Error(`${missed.file} is to be patched, but is no part of the simulation any more.`);
  return result.outputFiles[0]!.text;
}

const patcher = (patches: readonly Patch[], applied: Set<string>): Plugin => ({
  name: 'weakening',
  setup(building) {
    building.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const file = relative(ROOT, path).split(sep).join('/');
      if (!patches.some((patch) => patch.file === file)) return undefined;
      applied.add(file);
      return { contents: applyPatches(readFileSync(path, 'utf8'), file, patches), loader: 'ts' };
    });
  },
});
