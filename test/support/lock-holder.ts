/** A process that locks the directory it is given, and holds it until its standard input ends. */
import { lockDirectory } from '../../src/platform/directory-lock.js';

try {
  await lockDirectory(process.argv[2] ?? '.');
  console.log('locked');
  process.stdin.resume();
} catch (error) {
  console.log(String(error));
  process.exitCode = 1;
}
