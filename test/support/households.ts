/** One object of every type, that belong to one user: what questions of who may see and do what are asked about. */
import type { PrismaClient } from '../../src/platform/prisma/client.js';
import { createAgent, createTemplate, createUser, createWorkspace, idOf } from './marketplace.js';
import { createCollection, createNft, createWallet, move } from './tokens.js';

export interface Household {
  /** Who wrote, holds and owns it all. */
  owner: string;
  /** Carried by all that has a name. */
  name: string;
  /** Of its object of each type of node. */
  ids: Record<string, string>;
  /** Of the wallet that gave the token in its transfer. */
  giver: string;
  slugs: { agent: string; template: string; workspace: string };
  address: { collection: string; wallet: string };
  tokenId: string;
  /** Deletes all of it, its owner included. */
  raze(): Promise<void>;
}

/** @param member of its workspace, who owns nothing of it. */
export async function furnish(prisma: PrismaClient, owner: string, member?: string): Promise<Household> {
  const name = `Belongings ${owner}`;
  const user = await createUser(prisma, owner);
  await prisma.user.update({ where: { id: user.id }, data: { displayName: name } });
  const wallet = await createWallet(prisma, user);
  const collection = await createCollection(prisma, { name });
  const nft = await createNft(prisma, collection, { name, holder: wallet });
  const second = await createWallet(prisma, user);
  await move(prisma, nft, wallet, second);
  const transfer = await move(prisma, nft, second, wallet);
  const agent = await createAgent(prisma, { author: owner, name, featured: true });
  const review = await prisma.review.create({ data: { agentId: agent.id, authorId: user.id, rating: 5, comment: '' } });
  const template = await createTemplate(prisma, { author: owner, name, agents: [agent] });
  const workspace = await createWorkspace(
    prisma,
    { [owner]: 'OWNER', ...(member !== undefined && { [member]: 'MEMBER' }) },
    { name },
  );
  const installation = await prisma.installation.create({
    data: { agentId: agent.id, workspaceId: workspace.id, installedById: user.id },
  });
  return {
    ...{ owner, name },
    ids: {
      ...{ Agent: idOf('Agent', agent), Collection: idOf('Collection', collection), Nft: idOf('Nft', nft) },
      ...{ Installation: idOf('Installation', installation), Workspace: idOf('Workspace', workspace) },
      ...{ Review: idOf('Review', review), Template: idOf('Template', template), User: idOf('User', user) },
      ...{ Transfer: idOf('Transfer', transfer), Wallet: idOf('Wallet', wallet) },
    },
    giver: idOf('Wallet', second),
    slugs: { agent: agent.slug, template: template.slug, workspace: workspace.slug },
    address: { collection: collection.address, wallet: wallet.address },
    tokenId: nft.tokenId.toString(),
    async raze() {
      const where = (row: { id: number }) => ({ where: { id: row.id } });
      await prisma.template.delete(where(template));
      await prisma.agent.delete(where(agent));
      await prisma.workspace.delete(where(workspace));
      await prisma.collection.delete(where(collection));
      await prisma.wallet.delete(where(wallet));
      await prisma.wallet.delete(where(second));
      await prisma.user.delete(where(user));
    },
  };
}

export const ROLES = ['admin', 'owner', 'member', 'user', 'stranger'] as const;
/** What somebody is to the household that is looked at: a `user` is nothing to it, and an `admin` is one of the marketplace. */
export type Role = (typeof ROLES)[number];
