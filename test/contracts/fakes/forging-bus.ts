import type { Bus } from '../../../src/cache/bus.js';
import { createFaultyBus } from './faulty-bus.js';

/** What somebody who can write to the bus sends beside each message. */
const FORGERIES: readonly ((message: Uint8Array) => Uint8Array)[] = [
  () => new Uint8Array(),
  (message) => message.subarray(0, message.byteLength >> 1),
  (message) => message.map((byte, index) => (index === message.byteLength - 1 ? byte ^ 1 : byte)),
  // The content without the seal, and with one that nobody made.
  (message) => message.subarray(32),
  (message) => Buffer.concat([Buffer.alloc(32), message.subarray(32)]),
  () => Buffer.from('{"kind":"ack","epoch":"","from":"nobody","xid":1}'),
  () => Buffer.from('{"__proto__":{"kind":"poll"}}'),
  () => Buffer.alloc(100_000, 123),
];

/** A bus that delivers forgeries before and after every message. */
export const createForgingBus = (bus: Bus): Bus =>
  createFaultyBus(bus, (message, receive) => {
    FORGERIES.forEach((forge) => receive(forge(message)));
    receive(message);
    FORGERIES.forEach((forge) => receive(forge(message)));
  });
