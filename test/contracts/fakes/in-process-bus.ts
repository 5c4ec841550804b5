/** A bus among instances of one process. Messages arrive in a later microtask, as if from outside. */
import type { Bus } from '../../../src/cache/bus.js';

interface Listener {
  bus: Bus;
  member: string;
  receive: (message: Uint8Array) => void;
}

export interface Hub {
  /** The bus of one more instance. */
  connect(): Bus;
  /** Down: messages are lost, and every bus says so. It begins up. */
  setUp(isUp: boolean): void;
}

export function createHub(): Hub {
  const listeners = new Set<Listener>();
  let isUp = true;

  function deliver(message: Uint8Array, concerns: (listener: Listener) => boolean): void {
    if (!isUp) return;
    for (const listener of [...listeners].filter(concerns)) {
      const copy = message.slice();
      queueMicrotask(() => listeners.has(listener) && listener.receive(copy));
    }
  }

  function connect(): Bus {
    const bus: Bus = {
      publish: (message) => deliver(message, (to) => to.bus !== bus),
      send: (member, message) => deliver(message, (to) => to.bus !== bus && to.member === member),
      subscribe(member, receive) {
        const listener = { bus, member, receive };
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      get isUp() {
        return isUp && [...listeners].some((listener) => listener.bus === bus);
      },
    };
    return bus;
  }

  return { connect, setUp: (next) => (isUp = next) };
}
