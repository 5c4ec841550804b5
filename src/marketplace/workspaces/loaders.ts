import { Prisma } from '../../platform/prisma/client.js';
import { defineList } from '../../graphql/list.js';
import { defineLoader, groupBy, keyedBy, rowsBy } from '../../graphql/loader.js';
import type { MemberRole, Workspace } from '../../platform/prisma/client.js';
import { reading } from '../../tracking/reading.js';

export const workspaceById = rowsBy('Workspace', 'id');
export const workspaceBySlug = rowsBy('Workspace', 'slug');
export const installationById = rowsBy('Installation', 'id');

interface Place {
  workspaceId: number;
  userId: number;
}

/** As what a user belongs to a workspace; null for those who do not. */
export const memberRole = defineLoader<Place, MemberRole | null>(async (db, places) => {
  const rows = await db.sql<Place & { role: MemberRole }>(
    Prisma.sql`
      SELECT "workspaceId", "userId", role FROM "WorkspaceMember" WHERE ("workspaceId", "userId") IN (
        SELECT * FROM unnest(${places.map(({ workspaceId }) => workspaceId)}::int[], ${places.map(({ userId }) => userId)}::int[]))`,
    () => places.flatMap((place) => reading.of('WorkspaceMember', place, ['role'])),
  );
  const roles = new Map(rows.map((row) => [placeKey(row), row.role]));
  return places.map((place) => roles.get(placeKey(place)) ?? null);
}, placeKey);

function placeKey({ workspaceId, userId }: Place): string {
  return `${workspaceId} ${userId}`;
}

const workspacesOfUsers = keyedBy(
  'userId',
  5,
  (userIds) => Prisma.sql`
    SELECT m."userId", w.* FROM "WorkspaceMember" AS m JOIN "Workspace" AS w ON w.id = m."workspaceId"
    WHERE m."userId" = ANY(${userIds}::int[]) ORDER BY w."name", w.id`,
);

export const workspacesByUserId = defineLoader<number, Workspace[]>(async (db, userIds) => {
  const rows = await db.keyed<Workspace & { userId: number }>(workspacesOfUsers, userIds, (workspaces) => [
    ...userIds.flatMap((userId) => reading.of('WorkspaceMember', { userId }, ['workspaceId'])),
    ...reading.rows('Workspace', workspaces, ['name']),
  ]);
  const byUser = groupBy(db.observed('Workspace', rows), ({ userId }) => userId);
  return userIds.map((id) => byUser.get(id) ?? []);
});

export const members = defineList({
  name: 'members',
  model: 'WorkspaceMember',
  parent: 'workspaceId',
  key: 'userId',
  orders: { OLDEST: { by: Prisma.sql`t."createdAt"`, type: 'timestamptz' } },
});

export const installations = defineList({
  name: 'installations',
  model: 'Installation',
  parent: 'workspaceId',
  prime: installationById,
  orders: { NEWEST: { by: Prisma.sql`t."createdAt"`, type: 'timestamptz', descending: true } },
});

interface InstalledKey {
  agentId: number;
  userId: number;
  /** Null: any workspace of the user's. */
  workspaceId: number | null;
}

/** Whether an agent is installed where a user is a member. */
export const isInstalled = defineLoader<InstalledKey, boolean>(
  async (db, keys) => {
    const rows = await db.sql<{ installed: boolean }>(
      Prisma.sql`
      SELECT EXISTS (
        SELECT FROM "Installation" AS i JOIN "WorkspaceMember" AS m ON m."workspaceId" = i."workspaceId"
        WHERE i."agentId" = k.agent AND m."userId" = k.member AND (k.workspace IS NULL OR i."workspaceId" = k.workspace)
      ) AS installed
      FROM unnest(
        ${keys.map(({ agentId }) => agentId)}::int[],
        ${keys.map(({ userId }) => userId)}::int[],
        ${keys.map(({ workspaceId }) => workspaceId)}::int[]
      ) WITH ORDINALITY AS k (agent, member, workspace, place)
      ORDER BY k.place`,
      () =>
        keys.flatMap(({ agentId, userId, workspaceId }) => {
          const place = workspaceId === null ? {} : { workspaceId };
          return [
            ...reading.of('Installation', { agentId, ...place }, ['workspaceId']),
            ...reading.of('WorkspaceMember', { userId, ...place }, ['workspaceId']),
          ];
        }),
    );
    return rows.map(({ installed }) => installed);
  },
  ({ agentId, userId, workspaceId }) => `${agentId} ${userId} ${workspaceId}`,
);
