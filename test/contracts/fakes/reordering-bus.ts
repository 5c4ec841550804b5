import type { Bus } from '../../../src/cache/bus.js';
import { createFaultyBus } from './faulty-bus.js';

/** A bus that holds messages back, and delivers them the last one first: when there are `several`, or when it is told to. */
export function createReorderingBus(bus: Bus, several: number): { bus: Bus; deliver(): void } {
  let held: (() => void)[] = [];
  function deliver(): void {
    const due = held.reverse();
    held = [];
    due.forEach((arrive) => arrive());
  }
  const reordering = createFaultyBus(bus, (message, receive) => {
    held.push(() => receive(message));
    if (held.length >= several) deliver();
  });
  return { bus: reordering, deliver };
}
