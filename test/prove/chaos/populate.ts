/** Fills the database with what the layout says. */
import type { PrismaClient } from '../../../src/platform/prisma/client.js';
import { signToken } from '../../../src/platform/auth.js';
import { createAgent, createTemplate, createUser, createWorkspace, idOf } from '../../support/marketplace.js';
import { createCollection, createNft } from '../../support/tokens.js';
import { SECRET } from '../fleet/server.js';
import * as layout from './layout.js';
import { textOf } from './registers.js';

const { keyOf } = layout;
const TOKEN_SECONDS = 24 * 3_600;

export async function populate(prisma: PrismaClient): Promise<layout.Ids> {
  const times = <T>(count: number, make: (index: number) => Promise<T>) => inOrder(count, make);
  for (let user = 0; user < layout.USERS; user += 1) {
    await createUser(prisma, `user-${user}`);
    await prisma.user.update({
      where: { username: `user-${user}` },
      data: { displayName: textOf(keyOf.user(user), 0) },
    });
  }
  await createUser(prisma, 'admin');
  await prisma.category.createMany({ data: ['births', 'filler'].map((slug) => ({ slug, name: slug })) });

  const agents = await times(layout.AGENTS, (agent) =>
    createAgent(prisma, {
      ...named('agent', agent),
      tagline: textOf(keyOf.agent(agent), 0),
      category: layout.categoryOf(agent),
      author: `user-${layout.userOf(agent)}`,
    }),
  );
  await times(layout.OUT_OF_BAND, (agent) =>
    createAgent(prisma, {
      ...named('oob', agent),
      tagline: textOf(keyOf.outOfBand(agent), 0),
      category: 'oob',
      author: 'admin',
    }),
  );
  await times(layout.FILLERS, (agent) =>
    createAgent(prisma, { ...named('filler', agent), category: 'filler', author: 'admin' }),
  );
  const templates = await times(layout.TEMPLATES, (template) =>
    createTemplate(prisma, {
      ...named('template', template),
      agents: layout.agentsOfTemplate(template).map((agent) => agents[agent]!),
    }),
  );
  const collections = await times(layout.COLLECTIONS, async (collection) => {
    const row = await createCollection(prisma, {
      address: addressOf(collection),
      name: textOf(keyOf.collection(collection), 0),
    });
    await times(3, () => createNft(prisma, row));
    return row;
  });
  const workspaces = await times(layout.WORKSPACES, (workspace) =>
    createWorkspace(prisma, { [`user-${layout.userOf(workspace)}`]: 'OWNER' }, named('workspace', workspace)),
  );
  await forwardOnly(prisma);

  return {
    agents: agents.map((row) => idOf('Agent', row)),
    templates: templates.map((row) => idOf('Template', row)),
    collections: collections.map((row) => idOf('Collection', row)),
    workspaces: workspaces.map((row) => idOf('Workspace', row)),
    tokens: await times(layout.USERS, (user) => tokenOf(`user-${user}`, 'USER')),
    admin: await tokenOf('admin', 'ADMIN'),
  };
}

export const addressOf = (collection: number): string => `0xc0${collection.toString(16).padStart(38, '0')}`;

const named = (noun: string, index: number) => ({ slug: `${noun}-${index}`, name: `${noun}-${index}` });

const tokenOf = (user: string, role: 'USER' | 'ADMIN') => signToken(SECRET, { user, role, ttlSeconds: TOKEN_SECONDS });

async function inOrder<T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  for (let index = 0; index < count; index += 1) made.push(await make(index));
  return made;
}

/**
 * A mutation whose client gave up may come through late, after a newer one. That is no staleness, so the data refuses to go
 * back.
 */
async function forwardOnly(prisma: PrismaClient): Promise<void> {
  await prisma.$executeRawUnsafe(`
    CREATE FUNCTION prove_forward_only() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      before jsonb := to_jsonb(OLD) -> TG_ARGV[0];
      after jsonb := to_jsonb(NEW) -> TG_ARGV[0];
    BEGIN
      IF substring(after #>> '{}' from 'v(\\d+);')::int < substring(before #>> '{}' from 'v(\\d+);')::int THEN
        NEW := jsonb_populate_record(NEW, jsonb_build_object(TG_ARGV[0], before));
      END IF;
      RETURN NEW;
    END $$`);
  for (const [table, column] of [
    ['Agent', 'tagline'],
    ['User', 'displayName'],
    ['Collection', 'name'],
  ])
    await prisma.$executeRawUnsafe(
      `CREATE TRIGGER prove_forward_only BEFORE UPDATE ON "${table}" FOR EACH ROW EXECUTE FUNCTION prove_forward_only('${column}')`,
    );
}
