/** A process that starts a Redis, and does not stop it. */
import { startRedis } from './redis.js';

const { port } = await startRedis();
console.log(`port ${port}`);
process.stdin.resume();
