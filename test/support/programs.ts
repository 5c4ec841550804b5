/** The programs that tests need beside Node: finds them, or says how to get them. Nothing is installed here (see provide.ts). */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface Program {
  title: string;
  /** Executables that must lie in one directory, the most wanted first; any of these sets will do. */
  executables: readonly (readonly string[])[];
  /** Where to look after PATH. */
  directories: readonly string[];
  debianPackage: string;
  /** Where a container does as well. */
  image?: string;
}

/** Debian keeps the servers of all versions beside each other, and none of them in PATH. The newest first. */
const DEBIAN_POSTGRES = '/usr/lib/postgresql';
const debianPostgres = existsSync(DEBIAN_POSTGRES)
  ? readdirSync(DEBIAN_POSTGRES)
      .sort((a, b) => Number(b) - Number(a))
      .map((version) => join(DEBIAN_POSTGRES, version, 'bin'))
  : [];

export const POSTGRES: Program = {
  title: 'PostgreSQL',
  executables: [['postgres', 'initdb']],
  directories: debianPostgres,
  debianPackage: 'postgresql',
  image: 'postgres:17',
};

export const REDIS: Program = {
  title: 'Redis',
  executables: [['redis-server']],
  directories: [],
  debianPackage: 'redis-server',
  image: 'redis:7',
};

export const CHROMIUM: Program = {
  title: 'Chromium',
  executables: [['chromium'], ['chromium-browser'], ['google-chrome'], ['google-chrome-stable'], ['Google Chrome']],
  directories: ['/Applications/Google Chrome.app/Contents/MacOS'],
  debianPackage: 'chromium',
};

export type Located = { kind: 'executable'; path: string } | { kind: 'image'; image: string };

export function locate({ executables, directories, image }: Program): Located | null {
  const candidates = [...(process.env.PATH ?? '').split(delimiter), ...directories].filter(Boolean);
  for (const directory of candidates) {
    for (const names of executables) {
      const [path] = names.map((name) => join(directory, name));
      if (path && names.every((name) => isExecutable(join(directory, name)))) return { kind: 'executable', path };
    }
  }
  return image && succeeds('docker', 'image', 'inspect', image) ? { kind: 'image', image } : null;
}

/** @throws a sentence that says what to install. */
export function locateOrExplain(program: Program): Located {
  const located = locate(program);
  if (located) return located;
  throw new Error(
    `The tests need ${program.title}. Install it so that ${program.executables[0]?.join(' and ')} can be found in PATH ` +
      `(on Debian and Ubuntu: apt-get install ${program.debianPackage})` +
      (program.image ? `, or start Docker and run: docker pull ${program.image}.` : '.'),
  );
}

export function succeeds(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
