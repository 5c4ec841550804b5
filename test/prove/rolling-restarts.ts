/**
 * A server of two workers is told to replace them, again and again, while clients read and write without pause: SIGHUP, as an operator or a deployment sends it.
 * No request may fail. `tsx test/prove/rolling-restarts.ts --restarts 10`
 */
import { setTimeout as wait } from 'node:timers/promises';
import { signToken } from '../../src/platform/auth.js';
import { createAgent, idOf } from '../support/marketplace.js';
import { type Instance, startFleet } from './fleet/fleet.js';
import { type HttpClient, bodyOf, createHttpClient, failureOf } from './fleet/http-client.js';
import { SECRET } from './fleet/server.js';
import { type Arguments, type Say, type Verdict, asProgram, wholeNumber } from './verdict.js';

const RESTARTS = { ci: 2, release: 100 };
const WORKERS = 2;
const READERS = 8;
const WRITERS = 2;
const AGENTS = 20;
/** Far from what the server could take: whoever is overloaded is another proof. Milliseconds. */
const THINK_MS = 2;
const TIMEOUT_MS = 20_000;
/** A restart ends within this, or hangs. */
const RESTART_MS = 120_000;

const READ = 'query ($slug: String!) { agent(slug: $slug) { name tagline } }';
const WRITE = 'mutation ($input: UpdateAgentInput!) { updateAgent(input: $input) { agent { id } } }';

export async function rollingRestarts({ size, options }: Arguments, say: Say): Promise<Verdict> {
  const restarts = wholeNumber(options.restarts, RESTARTS[size]);
  const agentIds: string[] = [];
  const fleet = await startFleet({
    isDirect: true,
    instances: 1,
    redis: true,
    env: { WORKERS: String(WORKERS), LOG_LEVEL: 'info', LOG_HITS: '0' },
    populate: async (prisma) => {
      for (let made = 0; made < AGENTS; made += 1)
        agentIds.push(idOf('Agent', await createAgent(prisma, { slug: `agent-${made}` })));
    },
  });
  const [server] = fleet.instances as [Instance];
  const load = new Load(createHttpClient(server.url, READERS + WRITERS));
  try {
    await logged(server, /a worker answers/g, WORKERS);
    load.start(agentIds, await signToken(SECRET, { user: 'author', role: 'ADMIN', ttlSeconds: 36_000 }));
    for (let restart = 1; restart <= restarts; restart += 1) {
      process.kill(server.pid!, 'SIGHUP');
      await logged(server, /all workers are replaced/g, restart);
      say(`rolling-restarts: ${restart} of ${restarts}, ${load.tell()}`);
    }
    await load.stop();
    const replaced = server.log().match(/a worker answers/g)!.length - WORKERS;
    return {
      ok: load.failed === 0 && load.reads > 0 && load.writes > 0 && replaced >= restarts * WORKERS,
      result: `${restarts} restarts, ${replaced} workers replaced: ${load.tell()}`,
      numbers: { restarts, replaced, reads: load.reads, writes: load.writes, failures: load.failures },
    };
  } finally {
    await load.stop();
    await fleet.stop();
  }
}

/** Clients that ask until they are stopped. */
class Load {
  reads = 0;
  writes = 0;
  /** How many, by what went wrong. */
  readonly failures: Record<string, number> = {};
  #isOver = false;
  #clients: Promise<void>[] = [];

  constructor(private readonly client: HttpClient) {}

  get failed(): number {
    return Object.values(this.failures).reduce((sum, count) => sum + count, 0);
  }

  start(agentIds: readonly string[], token: string): void {
    const read = async (turn: number) => {
      const slug = `agent-${turn % agentIds.length}`;
      await this.#ask(bodyOf(READ, { slug }), null);
      this.reads += 1;
    };
    const write = async (turn: number) => {
      const input = { agentId: agentIds[turn % agentIds.length], tagline: `number ${turn}` };
      await this.#ask(bodyOf(WRITE, { input }), token);
      this.writes += 1;
    };
    this.#clients = Array.from({ length: READERS + WRITERS }, async (_, number) => {
      const act = number < READERS ? read : write;
      // Writers of different agents do not wait for each other.
      for (let turn = number; !this.#isOver; turn += READERS + WRITERS) {
        await act(turn);
        await wait(THINK_MS);
      }
    });
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#clients);
    this.client.close();
  }

  tell(): string {
    return `${this.failed} failed of ${this.reads} reads and ${this.writes} mutations`;
  }

  async #ask(body: Buffer, token: string | null): Promise<void> {
    const failure = await this.client
      .post(body, token, TIMEOUT_MS)
      .then(failureOf, (error: unknown) => (error as NodeJS.ErrnoException).code ?? String(error));
    if (failure !== null) this.failures[failure] = (this.failures[failure] ?? 0) + 1;
  }
}

/** Resolves when the server has said it so many times. */
async function logged(server: Instance, what: RegExp, times: number): Promise<void> {
  const deadline = Date.now() + RESTART_MS;
  while ((server.log().match(what)?.length ?? 0) < times) {
    if (Date.now() > deadline)
      throw new Error(`The server did not say ${what} ${times} times:\n${server.log().slice(-3_000)}`);
    await wait(50);
  }
}

await asProgram(import.meta.url, ['restarts'], rollingRestarts);
