/** The contract that clients may rely on: that of the last release, or, before the first, the one that this change starts from. */
import { execFileSync } from 'node:child_process';

export interface Released {
  /** A tag or a commit. */
  name: string;
  sdl: string;
}

/** Null where there is no earlier contract to be seen, as in a checkout without history. */
export function lastReleased(folder: URL, file: string, now: string): Released | null {
  const git = (...args: string[]) => {
    try {
      return execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    } catch {
      return null;
    }
  };
  const read = (revision: string): Released | null => {
    const sdl = git('show', `${revision}:./${file}`);
    return sdl === null ? null : { name: revision, sdl };
  };
  const tag = git('describe', '--tags', '--abbrev=0', '--match', 'v*')?.trim();
  if (tag) return read(tag);
  const base = git('merge-base', 'HEAD', 'origin/HEAD')?.trim();
  if (base && base !== git('rev-parse', 'HEAD')?.trim()) return read(base);
  const versions = git('log', '--max-count=2', '--format=%h', '--', file)?.split('\n').filter(Boolean) ?? [];
  return versions.map(read).find((released) => released !== null && released.sdl !== now) ?? null;
}
