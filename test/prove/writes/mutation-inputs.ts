/** Inputs of all mutations, mostly ones that are accepted. */
import { encodeGlobalID } from '@pothos/plugin-relay';
import { type Row, rowsOf } from '../data/rows.js';
import { PEOPLE, type Person } from '../data/small-marketplace.js';
import { WORDS, addressOf } from '../data/words.js';
import type { Viewer } from '../asking.js';
import { type Scene, pickRow } from './column-values.js';

export interface Wanted {
  viewer: NonNullable<Viewer>;
  input: Record<string, unknown> | null;
}

const ADMIN = { user: 'root', role: 'ADMIN' } as const;

export const isPerson = (name: unknown): name is Person => PEOPLE.some((person) => person === name);

const anyone = ({ random }: Scene): NonNullable<Viewer> => ({ user: random.pick(PEOPLE.slice(0, 4)), role: 'USER' });

const pick = (scene: Scene, table: string): Row => pickRow(scene, table) ?? { id: 2_000_000_000 };

const id = (type: string, row: Row): string => encodeGlobalID(type, row['id'] as number);
const word = ({ random }: Scene): string => random.pick(WORDS);
const maybe = <T>({ random }: Scene, name: string, value: T): Record<string, T> =>
  random.chance(0.5) ? { [name]: value } : {};

/** The one whom a column of a row names, if they have a token; an admin otherwise. */
function ownerOf({ rows, random }: Scene, userId: unknown): NonNullable<Viewer> {
  const subject = rowsOf(rows, 'User').find((user) => user['id'] === userId)?.['subject'];
  return isPerson(subject) && subject !== 'root' && random.chance(0.85) ? { user: subject, role: 'USER' } : ADMIN;
}

/** Somebody who belongs to a workspace, and the workspace. */
function membership(scene: Scene): { viewer: NonNullable<Viewer>; workspaceId: string; isOwner: boolean } {
  const member = pick(scene, 'WorkspaceMember');
  return {
    viewer: ownerOf(scene, member['userId']),
    workspaceId: id('Workspace', { id: member['workspaceId'] ?? 2_000_000_000 }),
    isOwner: member['role'] === 'OWNER',
  };
}

const pricing = (scene: Scene) =>
  scene.random.pick([
    { pricing: 'FREE', price: null },
    { pricing: 'PAID', price: '5.00' },
    { pricing: 'SUBSCRIPTION', price: '9.50' },
  ]);

const steps = (scene: Scene) =>
  Array.from({ length: scene.random.int(1, 3) }, () => ({
    title: word(scene),
    ...maybe(scene, 'agentId', id('Agent', pick(scene, 'Agent'))),
  }));

export const INPUTS: Readonly<Record<string, (scene: Scene) => Wanted>> = {
  installAgent(scene) {
    const { viewer, workspaceId } = membership(scene);
    return { viewer, input: { workspaceId, agentId: id('Agent', pick(scene, 'Agent')) } };
  },
  uninstallAgent(scene) {
    const { agentId, workspaceId, installedById } = pick(scene, 'Installation');
    const viewer = ownerOf(scene, installedById);
    return {
      viewer,
      input: { agentId: id('Agent', { id: agentId ?? 1 }), workspaceId: id('Workspace', { id: workspaceId ?? 1 }) },
    };
  },
  createAgent: (scene) => ({
    viewer: anyone(scene),
    input: {
      name: `${word(scene)} ${word(scene)}`,
      tagline: word(scene),
      category: pick(scene, 'Category')['slug'] ?? 'none',
      ...pricing(scene),
    },
  }),
  updateAgent(scene) {
    const agent = pick(scene, 'Agent');
    return {
      viewer: ownerOf(scene, agent['authorId']),
      input: {
        agentId: id('Agent', agent),
        ...maybe(scene, 'name', word(scene)),
        ...maybe(scene, 'tagline', word(scene)),
        ...maybe(scene, 'description', word(scene)),
        ...maybe(scene, 'category', pick(scene, 'Category')['slug'] ?? 'none'),
        ...(scene.random.chance(0.3) && pricing(scene)),
      },
    };
  },
  deleteAgent(scene) {
    const agent = pick(scene, 'Agent');
    return {
      viewer: ownerOf(scene, agent['authorId']),
      input: { agentId: id('Agent', agent), uninstall: scene.random.chance(0.7) },
    };
  },
  featureAgent: (scene) => ({
    viewer: ADMIN,
    input: { agentId: id('Agent', pick(scene, 'Agent')), featured: scene.random.chance(0.5) },
  }),
  reviewAgent: (scene) => ({
    viewer: anyone(scene),
    input: {
      agentId: id('Agent', pick(scene, 'Agent')),
      rating: scene.random.int(1, 5),
      ...maybe(scene, 'comment', word(scene)),
    },
  }),
  createTemplate: (scene) => ({
    viewer: anyone(scene),
    input: {
      name: `${word(scene)} ${word(scene)}`,
      category: pick(scene, 'Category')['slug'] ?? 'none',
      steps: steps(scene),
    },
  }),
  updateTemplate(scene) {
    const template = pick(scene, 'Template');
    return {
      viewer: ownerOf(scene, template['authorId']),
      input: {
        templateId: id('Template', template),
        ...maybe(scene, 'name', word(scene)),
        ...maybe(scene, 'category', pick(scene, 'Category')['slug'] ?? 'none'),
        ...maybe(scene, 'complexity', scene.random.pick(['BEGINNER', 'ADVANCED'])),
        ...maybe(scene, 'steps', steps(scene)),
      },
    };
  },
  deleteTemplate(scene) {
    const template = pick(scene, 'Template');
    return { viewer: ownerOf(scene, template['authorId']), input: { templateId: id('Template', template) } };
  },
  useTemplate(scene) {
    const { viewer, workspaceId } = membership(scene);
    return {
      viewer,
      input: { templateId: id('Template', pick(scene, 'Template')), ...maybe(scene, 'workspaceId', workspaceId) },
    };
  },
  createWorkspace: (scene) => ({ viewer: anyone(scene), input: { name: `${word(scene)} ${word(scene)}` } }),
  inviteMember(scene) {
    const { viewer, workspaceId, isOwner } = membership(scene);
    const role = isOwner ? scene.random.pick(['OWNER', 'ADMIN', 'MEMBER']) : 'MEMBER';
    return { viewer, input: { workspaceId, username: pick(scene, 'User')['username'] ?? 'nobody', role } };
  },
  updateProfile: (scene) => ({
    viewer: anyone(scene),
    input: {
      ...maybe(scene, 'displayName', word(scene)),
      ...maybe(scene, 'username', `${word(scene)}-${scene.random.int(1, 9)}`),
      ...maybe(scene, 'avatarUrl', `https://img.example.com/${word(scene)}.png`),
    },
  }),
  createWalletNonce: (scene) => ({ viewer: anyone(scene), input: null }),
  transferNft(scene) {
    const { nftId, walletId } = pick(scene, 'Ownership');
    const wallets = rowsOf(scene.rows, 'Wallet');
    const from = wallets.find((wallet) => wallet['id'] === walletId);
    return {
      viewer: ownerOf(scene, from?.['userId']),
      input: {
        nftId: id('Nft', { id: nftId ?? 1 }),
        toAddress: scene.random.chance(0.2)
          ? addressOf(scene.random.int(200, 220))
          : (pick(scene, 'Wallet')['address'] ?? addressOf(1)),
        ...maybe(scene, 'fromAddress', from?.['address'] ?? addressOf(1)),
      },
    };
  },
  // Refused, for the servers of the proofs have no indexer.
  addCollection: (scene) => ({ viewer: anyone(scene), input: { address: addressOf(scene.random.int(1, 120)) } }),
  refreshCollection: (scene) => ({
    viewer: ADMIN,
    input: { collectionId: id('Collection', pick(scene, 'Collection')) },
  }),
  updateCollection: (scene) => ({
    viewer: ADMIN,
    input: {
      collectionId: id('Collection', pick(scene, 'Collection')),
      ...maybe(scene, 'name', word(scene)),
      ...maybe(scene, 'verified', scene.random.chance(0.5)),
      ...maybe(scene, 'floorPrice', scene.random.pick([null, '0.5', '0.1'])),
      ...maybe(scene, 'symbol', scene.random.pick([null, 'SYM'])),
    },
  }),
};
