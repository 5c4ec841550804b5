/** The workload: 2,000 operations, asked by Zipf's law, and now and then an agent is installed. */
import { encodeGlobalID } from '@pothos/plugin-relay';
import { Random } from '../../../src/data/seed/random.js';
import { createZipf } from '../../../src/data/seed/zipf.js';
import type { Operation } from '../operations/operation.js';
import { AGENTS, CATEGORIES, WORKSPACES, agentSlug, categorySlug } from './marketplace.js';

const ASKED_AGENTS = 1_900;
const WRITES = 0.01;

const AGENT = `query Agent($slug: String!) {
  agent(slug: $slug) { id slug name tagline description category featured pricing price installCount rating reviewCount author { username displayName } }
}`;
const LIST = `query Category($category: String!) {
  agents(first: 20, filter: { category: $category }) {
    nodes { id slug name tagline pricing price rating reviewCount installCount } pageInfo { hasNextPage endCursor }
  }
}`;
export const INSTALL = `mutation Install($input: InstallAgentInput!) { installAgent(input: $input) { agent { id installCount } } }`;

export interface Asked {
  readonly operation: Operation;
  /** Seconds, as its @cacheControl says. */
  readonly maxAge: number;
}

export type Request = { kind: 'read'; asked: Asked } | { kind: 'install'; input: Record<string, string> };

export interface Workload {
  /** Each once. */
  readonly operations: readonly Asked[];
  requests(count: number): Generator<Request>;
}

/** The same seed, the same requests. */
export function createWorkload(seed: string): Workload {
  const random = new Random(seed, 'zipf');
  const agents = random.shuffled(Array.from({ length: AGENTS }, (_, index) => index + 1)).slice(0, ASKED_AGENTS);
  const ranked = random.shuffled<Asked & { agent?: number }>([
    ...agents.map((agent) => ({ agent, maxAge: 1_800, operation: read(AGENT, { slug: agentSlug(agent) }) })),
    ...Array.from({ length: CATEGORIES }, (_, index) => ({
      maxAge: 300,
      operation: read(LIST, { category: categorySlug(index + 1) }),
    })),
  ]);
  const rankedAgents = ranked.flatMap(({ agent }) => agent ?? []);
  const [toAsk, toInstall] = [createZipf(ranked.length), createZipf(rankedAgents.length)];
  return {
    operations: ranked,
    *requests(count) {
      for (let done = 0; done < count; done += 1) {
        if (!random.chance(WRITES)) {
          yield { kind: 'read', asked: ranked[toAsk.draw(random)]! };
          continue;
        }
        const agentId = encodeGlobalID('Agent', rankedAgents[toInstall.draw(random)]!);
        const workspaceId = encodeGlobalID('Workspace', random.int(1, WORKSPACES));
        yield { kind: 'install', input: { agentId, workspaceId } };
      }
    },
  };
}

const read = (document: string, variables: Record<string, unknown>): Operation => ({
  document,
  variables,
  operationName: null,
});
