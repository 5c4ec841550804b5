/** A real HTTP server on a free port of this machine. */
import { type RequestListener, type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Listening {
  /** Without a slash at the end. */
  url: string;
  close(): Promise<void>;
}

/** What answers, as production has it answer. */
export interface Served {
  handle: RequestListener;
  attach(server: Server): void;
}

export async function listen(served: RequestListener | Served): Promise<Listening> {
  const server = createServer(typeof served === 'function' ? served : served.handle);
  if (typeof served !== 'function') served.attach(server);
  // On a busy machine a client is late to learn that its connection was given up.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
