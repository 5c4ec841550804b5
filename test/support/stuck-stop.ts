/** A process that is told to end, and waits for something that does not come. */
import { endWithin } from '../../src/platform/hard-stop.js';
import { createLogger } from '../../src/platform/logger.js';

setInterval(() => undefined, 1_000);
endWithin(300, createLogger('info'));
