import type { PrismaClient } from '../../src/platform/prisma/client.js';

/** `count` agents named "Agent 01" and so on, in the category `research`, all by one author. */
export async function createAgents(prisma: PrismaClient, count: number): Promise<void> {
  await prisma.category.create({ data: { slug: 'research', name: 'Research' } });
  const author = await prisma.user.create({ data: { subject: 'author', username: 'author', displayName: 'Author' } });
  const numbers = Array.from({ length: count }, (_, index) => String(index + 1).padStart(2, '0'));
  await prisma.agent.createMany({
    data: numbers.map((number) => ({
      slug: `agent-${number}`,
      name: `Agent ${number}`,
      tagline: 'Reads so that you need not',
      description: '',
      category: 'research',
      authorId: author.id,
    })),
  });
}
