/** A Redis Cluster on 127.0.0.1: three masters without replicas, gone with the tests. */
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { type TestRedis, mustBeHere, startRedis } from './redis.js';
import { freePort } from './server-process.js';

const MASTERS = 3;
const SLOTS = 16_384;
const FORM_MS = 30_000;

export interface TestCluster {
  /** As REDIS_URL takes it: two of the servers, which name the third. */
  urls: readonly string[];
  servers: readonly (TestRedis & { port: number })[];
  stop(): Promise<void>;
}

export async function startRedisCluster(): Promise<TestCluster> {
  mustBeHere();
  const nodes = await Promise.all(Array.from({ length: MASTERS }, startNode));
  const servers = nodes.map(({ server }) => server);
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  try {
    await form(nodes);
  } catch (error) {
    await stop();
    throw error;
  }
  return { urls: servers.slice(0, 2).map(({ url }) => url), servers, stop };
}

interface Node {
  server: TestRedis & { port: number };
  busPort: number;
}

async function startNode(): Promise<Node> {
  // By default it would be the port and 10,000, which for many a free port is too much.
  const busPort = await freePort();
  const cluster = { 'cluster-enabled': 'yes', 'cluster-port': String(busPort), 'cluster-announce-ip': '127.0.0.1' };
  return { server: await startRedis({ settings: cluster }), busPort };
}

async function form(nodes: readonly Node[]): Promise<void> {
  const clients = nodes.map(({ server }) => new Redis(server.url));
  try {
    await Promise.all(
      clients.map(async (client, index) => {
        const [from, to] = [index, index + 1].map((n) => Math.floor((SLOTS * n) / MASTERS));
        await client.cluster('ADDSLOTSRANGE', from!, to! - 1);
        await client.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
      }),
    );
    for (const { server, busPort } of nodes)
      await clients[0]!.call('CLUSTER', 'MEET', '127.0.0.1', server.port, busPort);
    await Promise.all(clients.map(untilFormed));
  } finally {
    clients.forEach((client) => client.disconnect());
  }
}

async function untilFormed(client: Redis): Promise<void> {
  const deadline = Date.now() + FORM_MS;
  for (;;) {
    const info = await client.cluster('INFO');
    if (info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${MASTERS}`)) return;
    if (Date.now() > deadline) throw new Error(`The cluster was not formed. One of its servers says:\n${info}`);
    await wait(20);
  }
}
