/** People who read and write without pause while servers come and go. */
import { setTimeout as wait } from 'node:timers/promises';
import { signToken } from '../../../src/platform/auth.js';
import type { PrismaClient } from '../../../src/platform/prisma/client.js';
import { createAgent, idOf } from '../../support/marketplace.js';
import { type HttpClient, bodyOf, createHttpClient, failureOf } from './http-client.js';
import { SECRET } from './server.js';

const READERS = 8;
const WRITERS = 2;
const AGENTS = 20;
/** Far from what a server could take: whoever is overloaded is another proof. Milliseconds. */
const THINK_MS = 2;
const TIMEOUT_MS = 20_000;

const READ = 'query ($slug: String!) { agent(slug: $slug) { name tagline } }';
const WRITE = 'mutation ($input: UpdateAgentInput!) { updateAgent(input: $input) { agent { id } } }';

const slugOf = (number: number): string => `agent-${number}`;

/** In a new database, where they have the ids from 1 on. */
export async function makeAgents(prisma: PrismaClient): Promise<void> {
  for (let number = 0; number < AGENTS; number += 1) await createAgent(prisma, { slug: slugOf(number) });
}

/** They ask until they are stopped. */
export class Clients {
  reads = 0;
  writes = 0;
  /** How many, by what went wrong. */
  readonly failures: Record<string, number> = {};
  #isOver = false;
  readonly #client: HttpClient;
  #clients: Promise<void>[] = [];

  constructor(url: string) {
    this.#client = createHttpClient(url, READERS + WRITERS);
  }

  get failed(): number {
    return Object.values(this.failures).reduce((sum, count) => sum + count, 0);
  }

  async start(): Promise<void> {
    const token = await signToken(SECRET, { user: 'author', role: 'ADMIN', ttlSeconds: 36_000 });
    const read = async (turn: number) => {
      const slug = slugOf(turn % AGENTS);
      await this.#ask(bodyOf(READ, { slug }), null);
      this.reads += 1;
    };
    const write = async (turn: number) => {
      const input = { agentId: idOf('Agent', { id: 1 + (turn % AGENTS) }), tagline: `number ${turn}` };
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
    this.#client.close();
  }

  tell(): string {
    return `${this.failed} failed of ${this.reads} reads and ${this.writes} mutations`;
  }

  async #ask(body: Buffer, token: string | null): Promise<void> {
    const failure = await this.#client
      .post(body, token, TIMEOUT_MS)
      .then(failureOf, (error: unknown) => (error as NodeJS.ErrnoException).code ?? String(error));
    if (failure !== null) this.failures[failure] = (this.failures[failure] ?? 0) + 1;
  }
}
