/** A TCP proxy on 127.0.0.1 that can fall silent on connections that it keeps: as when a machine is gone without a word. */
import { type Socket, connect, createServer } from 'node:net';
import { freePort } from './server-process.js';

export interface SilencingProxy {
  port: number;
  /** How many connections there have been. */
  readonly count: number;
  /** Nothing passes on these any more, in either direction; they are numbered from 0, as they came. */
  silence(...numbers: number[]): void;
  close(): Promise<void>;
}

export async function createSilencingProxy(target: number): Promise<SilencingProxy> {
  const port = await freePort();
  const pairs: (readonly [Socket, Socket])[] = [];
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    const pair = [client, upstream] as const;
    pairs.push(pair);
    pair.forEach((socket) => socket.on('error', () => undefined));
    client.pipe(upstream).pipe(client);
    client.once('close', () => upstream.destroy());
    upstream.once('close', () => client.destroy());
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));

  return {
    port,
    get count() {
      return pairs.length;
    },
    silence(...numbers) {
      for (const socket of numbers.flatMap((number) => pairs[number] ?? [])) {
        socket.unpipe();
        socket.pause();
      }
    },
    async close() {
      pairs.flat().forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
