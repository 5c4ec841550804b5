/* Turns src/ into dist/, file by file: `npm start` and the container run plain JavaScript, with the same relative paths.
   A file is written only if it differs, and in one move: a command that is built while the server starts must not take
   its modules away. */
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';

/** What is sent to browsers as it is. */
const PAGES = ['monitoring/dashboard/page', 'graphiql/page'];
const sent = PAGES.flatMap((page) =>
  readdirSync(`src/${page}`).map((name) => ({
    path: resolve(`dist/${page}/${name}`),
    contents: readFileSync(`src/${page}/${name}`),
  })),
);

const { outputFiles } = await build({
  entryPoints: ['src/**/*.ts'],
  outdir: 'dist',
  outbase: 'src',
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  sourcemap: 'linked',
  logLevel: 'warning',
  write: false,
});

for (const { path, contents } of [...outputFiles, ...sent]) {
  if (existsSync(path) && readFileSync(path).equals(contents)) continue;
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, contents);
  renameSync(draft, path);
}

// What has no source any more goes.
const built = new Set([...outputFiles, ...sent].map(({ path }) => path));
for (const entry of readdirSync('dist', { recursive: true, withFileTypes: true })) {
  const path = resolve(join(entry.parentPath, entry.name));
  if (entry.isFile() && /\.js(\.map)?$/.test(path) && !built.has(path)) rmSync(path);
}
