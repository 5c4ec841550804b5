/** A TCP proxy on 127.0.0.1 that can be cut, so that a server seems to go away and come back at one address. */
import { type Server, type Socket, connect, createServer } from 'node:net';
import { freePort } from './server-process.js';

export interface SeverableProxy {
  port: number;
  /** Listens, and passes on. */
  join(): Promise<void>;
  /** Drops every connection and refuses new ones. */
  cut(): Promise<void>;
  /** From now on nothing passes on the connections that there are, and nobody is told. New ones are as ever. */
  fallSilent(): void;
  /** The first connection on which this is sent is dropped when the server has answered it, and the answer with it. */
  loseAnswerTo(text: string): void;
}

/** It refuses connections until it is told to `join`. */
export async function createSeverableProxy(target: { host: string; port: number }): Promise<SeverableProxy> {
  const port = await freePort();
  const sockets = new Set<Socket>();
  let server: Server | null = null;
  let unanswered: string | null = null;

  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).once('close', () => sockets.delete(socket));
    return socket;
  };

  return {
    port,
    async join() {
      const listening = createServer((client) => {
        const upstream = track(connect(target));
        track(client).pipe(upstream).pipe(client);
        client.on('data', (sent: Buffer) => {
          if (unanswered === null || !sent.includes(unanswered)) return;
          unanswered = null;
          upstream
            .unpipe(client)
            .once('data', () => client.destroy())
            .resume();
        });
        client.once('close', () => upstream.destroy());
        upstream.once('close', () => client.destroy());
      });
      server = listening;
      await new Promise<void>((resolve, reject) => {
        listening.once('error', reject).listen(port, '127.0.0.1', resolve);
      });
    },
    fallSilent() {
      for (const socket of sockets) socket.unpipe().resume();
    },
    loseAnswerTo(text) {
      unanswered = text;
    },
    async cut() {
      const listening = server;
      server = null;
      sockets.forEach((socket) => socket.destroy());
      if (listening) await new Promise((resolve) => listening.close(resolve));
    },
  };
}

/** A proxy in front of a database, and the address of the database through it. */
export async function proxyTo(databaseUrl: string): Promise<{ proxy: SeverableProxy; url: string }> {
  const url = new URL(databaseUrl);
  const proxy = await createSeverableProxy({ host: url.hostname, port: Number(url.port) });
  url.port = String(proxy.port);
  return { proxy, url: url.href };
}
