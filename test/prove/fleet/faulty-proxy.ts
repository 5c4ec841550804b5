/** A TCP proxy on 127.0.0.1 whose network can be made to fail. Needs no root, unlike a firewall. */
import { type Server, type Socket, connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/**
 * `open`: passes on. `stalled`: passes nothing on, and delivers it late. `answers-stalled`: what is asked arrives, the answers
 * do not until later. `cut`: drops every connection and refuses new ones.
 */
export type Network = 'open' | 'stalled' | 'answers-stalled' | 'cut';

export interface FaultyProxy {
  readonly port: number;
  become(network: Network): void;
  close(): Promise<void>;
}

interface Pair {
  client: Socket;
  upstream: Socket;
}

export async function createFaultyProxy(target: { host: string; port: number }): Promise<FaultyProxy> {
  const pairs = new Set<Pair>();
  let network: Network = 'open';

  const server = createServer({ noDelay: true }, (client) => {
    if (network === 'cut') return void client.on('error', () => undefined).destroy();
    const upstream = connect({ ...target, noDelay: true });
    const pair = { client, upstream };
    const end = () => {
      pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) socket.on('error', end).once('close', end);
    pairs.add(pair);
    apply(pair, network);
  });
  const port = await listening(server);

  return {
    port,
    become(next) {
      network = next;
      for (const pair of pairs) apply(pair, next);
    },
    async close() {
      for (const pair of pairs) apply(pair, 'cut');
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function apply({ client, upstream }: Pair, network: Network): void {
  if (network === 'cut') return void client.destroy();
  flow(client, upstream, network !== 'stalled');
  flow(upstream, client, network === 'open');
}

function flow(from: Socket, to: Socket, open: boolean): void {
  from.unpipe(to);
  if (open) from.pipe(to);
  else from.pause();
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
