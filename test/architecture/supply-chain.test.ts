/** What is installed is what was looked at: exact versions, by their hashes, and none of it runs anything while it is installed. */
import { expect, test } from 'vitest';
import { read, sources } from './sources.js';

interface Manifest {
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  overrides?: Overrides;
  allowScripts?: Record<string, boolean>;
}
type Overrides = { [name: string]: string | Overrides };

interface Locked {
  version?: string;
  resolved?: string;
  integrity?: string;
  hasInstallScript?: boolean;
  link?: boolean;
}

const manifest = (path: string) => JSON.parse(read(path)) as Manifest;
const locked = (path: string) =>
  Object.entries((JSON.parse(read(path)) as { packages: Record<string, Locked> }).packages).filter(([at]) => at !== '');
const nameOf = (at: string) => at.split('node_modules/').at(-1)!;

const EXACT = /^(npm:(@[\w.-]+\/)?[\w.-]+@)?\d+\.\d+\.\d+(-[\w.-]+)?$/;
const FOLDERS = ['', 'bench/'];

const versionsIn = (overrides: Overrides): string[] =>
  Object.values(overrides).flatMap((value) => (typeof value === 'string' ? [value] : versionsIn(value)));

test.each(FOLDERS)('every dependency of %spackage.json is one exact version, overrides included', (folder) => {
  const { dependencies = {}, devDependencies = {}, overrides = {} } = manifest(`${folder}package.json`);
  const versions = [...Object.values(dependencies), ...Object.values(devDependencies), ...versionsIn(overrides)];
  expect(versions.length).toBeGreaterThan(10);
  expect(versions.filter((version) => !EXACT.test(version))).toEqual([]);
});

test.each(['^1.2.3', '~1.2.3', '1.x', '*', 'latest', '>=1.0.0', 'git+https://a.example/b.git', '1.2.3 || 2.0.0'])(
  '%s is no exact version',
  (version) => {
    expect(version).not.toMatch(EXACT);
  },
);

test.each(FOLDERS)(
  'the lock file of %spackage.json has a hash for each package, and sends nobody anywhere else',
  (folder) => {
    const packages = locked(`${folder}package-lock.json`);
    expect(packages.length).toBeGreaterThan(100);
    // One without an address is taken from the registry that npm is set to.
    const odd = packages.filter(
      ([, { integrity, resolved, link }]) => link || resolved !== undefined || !integrity?.startsWith('sha512-'),
    );
    expect(odd.map(([at]) => at)).toEqual([]);
  },
);

/** Nothing that people wrote names them. */
const UNNAMED: Record<string, string> = {
  '@prisma/client': 'the client that is generated from our schema stands on it',
};

test('every dependency is named in src: what nothing uses is not installed', () => {
  const texts = sources('src').map(read);
  const isNamed = (name: string) => texts.some((text) => text.includes(`'${name}'`) || text.includes(`'${name}/`));
  const unnamed = Object.keys(manifest('package.json').dependencies!).filter((name) => !isNamed(name));
  expect(unnamed).toEqual(Object.keys(UNNAMED));
});

test('no package runs a script when it is installed: those that have one are known, and it is refused', () => {
  const scripted = locked('package-lock.json').filter(([, { hasInstallScript }]) => hasInstallScript);
  const { allowScripts } = manifest('package.json');
  expect(allowScripts).toEqual(Object.fromEntries(scripted.map(([at]) => [nameOf(at), false])));
});

test('a Node.js that a package is not made for installs nothing', () => {
  expect(read('.npmrc')).toMatch(/^engine-strict=true$/m);
});
