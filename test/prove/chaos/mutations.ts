/** What the writers do through the API. */
import { bodyOf } from '../fleet/http-client.js';
import { type Random, createZipf } from '../random.js';
import * as layout from './layout.js';
import { type Registers, textOf } from './registers.js';

const { keyOf } = layout;

export interface Write {
  name: string;
  body: Buffer;
  token: string;
  /** Registers that it makes grow, each to its version. */
  growths: readonly { key: number; version: number; isCount: boolean }[];
}

const mutation = (name: string, select: string): string =>
  `mutation ($input: ${name[0]!.toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { ${select} } }`;

const DOCUMENTS = {
  updateAgent: mutation('updateAgent', 'agent { id }'),
  updateProfile: mutation('updateProfile', 'user { id }'),
  updateCollection: mutation('updateCollection', 'collection { id }'),
  useTemplate: mutation('useTemplate', 'template { id }'),
  installAgent: mutation('installAgent', 'agent { id }'),
  createAgent: mutation('createAgent', 'agent { id }'),
};

/** Draws mutations. What is drawn counts as begun. */
export function createWriteDrawer(ids: layout.Ids, registers: Registers, random: Random): () => Write {
  const zipf = createZipf(random, layout.AGENTS);
  const installed = new Set<string>();

  const text = (name: keyof typeof DOCUMENTS, key: number, token: string, input: (text: string) => object): Write => {
    const version = registers.begin(key);
    const body = bodyOf(DOCUMENTS[name], { input: input(textOf(key, version)) });
    return { name, body, token, growths: [{ key, version, isCount: false }] };
  };
  const counts = (name: keyof typeof DOCUMENTS, keys: number[], token: string, input: object): Write => ({
    name,
    body: bodyOf(DOCUMENTS[name], { input }),
    token,
    growths: keys.map((key) => ({ key, version: registers.begin(key), isCount: true })),
  });

  const updateAgent = (): Write => {
    const agent = zipf();
    const token = ids.tokens[layout.userOf(agent)]!;
    return text('updateAgent', keyOf.agent(agent), token, (tagline) => ({ agentId: ids.agents[agent], tagline }));
  };
  const updateProfile = (): Write => {
    const user = random.integer(0, layout.USERS - 1);
    return text('updateProfile', keyOf.user(user), ids.tokens[user]!, (displayName) => ({ displayName }));
  };
  const updateCollection = (): Write => {
    const collection = random.integer(0, layout.COLLECTIONS - 1);
    return text('updateCollection', keyOf.collection(collection), ids.admin, (name) => ({
      collectionId: ids.collections[collection],
      name,
    }));
  };
  const useTemplate = (): Write => {
    const template = random.integer(0, layout.TEMPLATES - 1);
    const token = random.pick(ids.tokens);
    return counts('useTemplate', [keyOf.template(template)], token, { templateId: ids.templates[template] });
  };
  /** Each agent once in each workspace: a second time would count nothing. */
  const installAgent = (): Write => {
    const [agent, workspace] = [random.integer(0, layout.AGENTS - 1), random.integer(0, layout.WORKSPACES - 1)];
    const place = `${agent} in ${workspace}`;
    if (installed.has(place)) return updateAgent();
    installed.add(place);
    const token = ids.tokens[layout.userOf(workspace)]!;
    const input = { agentId: ids.agents[agent], workspaceId: ids.workspaces[workspace] };
    return counts('installAgent', [keyOf.installs(agent), keyOf.workspace(workspace)], token, input);
  };

  const deck = [
    ...Array.from({ length: 9 }, () => updateAgent),
    ...[updateProfile, updateProfile, updateCollection, updateCollection, useTemplate, useTemplate],
    ...[installAgent, installAgent],
  ];
  return () => random.pick(deck)();
}

/** A new agent, which lists must hold from then on. One after the other, so that the newest has the highest number. */
export function birth(registers: Registers, { admin }: layout.Ids): Write {
  const key = layout.BIRTHS;
  const version = registers.begin(key);
  const tagline = textOf(key, version);
  const input = { slug: `birth-${version}`, name: `birth-${version}`, tagline, category: 'births' };
  return {
    name: 'createAgent',
    body: bodyOf(DOCUMENTS.createAgent, { input }),
    token: admin,
    growths: [{ key, version, isCount: false }],
  };
}
