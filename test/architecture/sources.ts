import { readFileSync, readdirSync } from 'node:fs';

export const ROOT = new URL('../../', import.meta.url);

export const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');

const GENERATED = /^src\/(platform\/prisma\/|graphql\/pothos-prisma-types\.ts)/;

/** The paths, from the root of the project, of all sources below `folder` that people wrote. */
export const sources = (folder: string): string[] =>
  readdirSync(new URL(folder, ROOT), { recursive: true, encoding: 'utf8' })
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
    .filter((path) => /\.(ts|mjs|js)$/.test(path) && !GENERATED.test(path))
    .sort();
