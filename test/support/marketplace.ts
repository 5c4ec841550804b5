/** Rows that tests begin with, written past the API. What a test does not care about gets a value of its own. */
import { encodeGlobalID } from '@pothos/plugin-relay';
import type {
  Agent,
  MemberRole,
  Prisma,
  PrismaClient,
  Template,
  User,
  Workspace,
} from '../../src/platform/prisma/client.js';

export const idOf = (type: string, row: { id: number }): string => encodeGlobalID(type, row.id);

/** An id that is well-formed and nobody's. */
export const missingIdOf = (type: string): string => encodeGlobalID(type, 2_000_000_000);

let made = 0;
const unique = (noun: string) => `${noun}-${(made += 1)}`;

/** The user with this name, whom tokens of the same name speak for. Made once, by whichever test comes first. */
export async function createUser(prisma: PrismaClient, username: string): Promise<User> {
  await prisma.user.createMany({
    data: { username, subject: username, displayName: username },
    skipDuplicates: true,
  });
  return prisma.user.findUniqueOrThrow({ where: { username } });
}

export async function createCategory(prisma: PrismaClient, slug = 'research'): Promise<string> {
  await prisma.category.createMany({ data: { slug, name: slug.toUpperCase() }, skipDuplicates: true });
  return slug;
}

export async function createAgent(
  prisma: PrismaClient,
  { author = 'author', ...row }: Partial<Prisma.AgentUncheckedCreateInput> & { author?: string } = {},
): Promise<Agent> {
  const { id: authorId } = await createUser(prisma, author);
  const category = await createCategory(prisma, row.category);
  const slug = unique('agent');
  return prisma.agent.create({
    data: { slug, name: slug, tagline: 'Does it', description: '', ...row, category, authorId },
  });
}

export async function createTemplate(
  prisma: PrismaClient,
  {
    author = 'author',
    agents = [],
    ...row
  }: Partial<Prisma.TemplateUncheckedCreateInput> & { author?: string; agents?: Agent[] } = {},
): Promise<Template> {
  const { id: authorId } = await createUser(prisma, author);
  const category = await createCategory(prisma, row.category);
  const slug = unique('template');
  const steps = agents.map(({ id }, index) => ({ position: index + 1, title: `Step ${index + 1}`, agentId: id }));
  return prisma.template.create({
    data: { slug, name: slug, description: '', ...row, category, authorId, steps: { create: steps } },
  });
}

/** A workspace with members by username: `createWorkspace(prisma, { ann: 'OWNER', bob: 'MEMBER' })`. */
export async function createWorkspace(
  prisma: PrismaClient,
  members: Record<string, MemberRole> = {},
  row: Partial<Prisma.WorkspaceUncheckedCreateInput> = {},
): Promise<Workspace> {
  const slug = unique('workspace');
  const workspace = await prisma.workspace.create({ data: { slug, name: slug, ...row } });
  for (const [username, role] of Object.entries(members)) {
    const { id: userId } = await createUser(prisma, username);
    await prisma.workspaceMember.create({ data: { workspaceId: workspace.id, userId, role } });
  }
  return workspace;
}

export const install = (prisma: PrismaClient, agent: Agent, workspace: Workspace, createdAt = new Date()) =>
  prisma.installation.create({ data: { agentId: agent.id, workspaceId: workspace.id, createdAt } });
