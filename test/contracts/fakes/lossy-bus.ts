import type { Bus } from '../../../src/cache/bus.js';
import { createFaultyBus } from './faulty-bus.js';

/** A bus that loses the messages that `loses` says. */
export const createLossyBus = (bus: Bus, loses: () => boolean): Bus =>
  createFaultyBus(bus, (message, receive) => {
    if (!loses()) receive(message);
  });
