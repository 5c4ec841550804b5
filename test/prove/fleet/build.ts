/** The server as `npm start` runs it, built by build.mjs from the sources as they are now, or with one of them broken. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { BrokenBuild } from '../broken-builds.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** What the server reads beside its own modules. */
const BESIDE = ['node_modules', 'package.json', 'prisma', 'schema.graphql'];

export interface Build {
  /** To be run by Node. */
  main: string;
  /** Goes with the build. */
  directory: string;
  remove(): Promise<void>;
}

/** In a directory of its own: a build of the project's meanwhile changes nothing here. */
export async function buildServer(broken?: BrokenBuild): Promise<Build> {
  const directory = await mkdtemp(join(tmpdir(), 'larder-build-'));
  const remove = () => rm(directory, { recursive: true, force: true });
  try {
    await cp(join(ROOT, 'src'), join(directory, 'src'), { recursive: true });
    for (const name of BESIDE) await symlink(join(ROOT, name), join(directory, name));
    if (broken) await breakIt(directory, broken);
    await promisify(execFile)(process.execPath, [join(ROOT, 'build.mjs')], { cwd: directory });
    return { main: join(directory, 'dist/main.js'), directory, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function breakIt(directory: string, { name, file, find, replace }: BrokenBuild): Promise<void> {
  const path = join(directory, file);
  const source = await readFile(path, 'utf8');
  const places = source.split(find).length - 1;
  if (places !== 1)
    throw new Error(
      `The broken build "${name}" looks for a text that is ${places} times in ${file}, not once: adapt it in test/prove/broken-builds.ts.`,
    );
  await writeFile(
    path,
    source.replace(find, () => replace),
  );
}
