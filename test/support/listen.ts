/** A real HTTP server on a free port of this machine. */
import { type RequestListener, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Listening {
  /** Without a slash at the end. */
  url: string;
  close(): Promise<void>;
}

export async function listen(handle: RequestListener): Promise<Listening> {
  const server = createServer(handle);
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
