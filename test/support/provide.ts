/**
 * Runs before `npm test`: whatever program the tests lack is installed where that can be done without asking (root on
 * Debian), or fetched for Docker. Else it ends with what to install. So no test is ever left out in silence.
 */
import { spawnSync } from 'node:child_process';
import { CHROMIUM, POSTGRES, type Program, REDIS, locate, locateOrExplain, succeeds } from './programs.js';

function provide(program: Program): void {
  if (locate(program)) return;
  if (process.getuid?.() === 0 && succeeds('apt-get', '--version')) {
    console.log(
      `The tests need ${program.title}, which is missing: installing the Debian package ${program.debianPackage}.`,
    );
    aptGet('update');
    aptGet('install', '--yes', '--no-install-recommends', program.debianPackage);
  } else if (program.image && succeeds('docker', 'info')) {
    console.log(`The tests need ${program.title}, which is missing: fetching ${program.image} for Docker.`);
    spawnSync('docker', ['pull', program.image], { stdio: 'inherit' });
  }
  locateOrExplain(program);
}

function aptGet(...args: string[]): void {
  // RUNLEVEL=1 keeps the packages from starting servers of their own: the tests start theirs.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  spawnSync('apt-get', ['--option', 'DPkg::Lock::Timeout=300', ...args], { stdio: 'inherit', env });
}

try {
  [POSTGRES, REDIS, CHROMIUM].forEach(provide);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
