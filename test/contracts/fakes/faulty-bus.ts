/** A bus that does something else with each message that comes in than to pass it on. */
import type { Bus } from '../../../src/cache/bus.js';

type Receive = (message: Uint8Array) => void;

export const createFaultyBus = (bus: Bus, fault: (message: Uint8Array, receive: Receive) => void): Bus => ({
  publish: (message) => bus.publish(message),
  send: (member, message) => bus.send(member, message),
  subscribe: (member, receive) => bus.subscribe(member, (message) => fault(message, receive)),
  get isUp() {
    return bus.isUp;
  },
});
