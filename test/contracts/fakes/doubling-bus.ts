import type { Bus } from '../../../src/cache/bus.js';
import { createFaultyBus } from './faulty-bus.js';

/** A bus that delivers every message twice, and the one before it again. */
export function createDoublingBus(bus: Bus): Bus {
  let before: Uint8Array | null = null;
  return createFaultyBus(bus, (message, receive) => {
    receive(message);
    receive(message);
    if (before) receive(before);
    before = message;
  });
}
