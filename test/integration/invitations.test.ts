import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MemberRole, Workspace } from '../../src/platform/prisma/client.js';
import { type TestApp, startApp } from '../support/app.js';
import { createUser, createWorkspace, idOf, missingIdOf } from '../support/marketplace.js';
import { mutate, refusalOf, refused } from '../support/mutate.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
  for (const name of ['owner', 'chief', 'member', 'guest']) await createUser(app.prisma, name);
});
afterAll(() => app.close());

const SELECT = 'member { role user { username } } workspace { members { totalCount } }';

async function invite(workspace: Workspace, username: string, role: MemberRole | undefined, by: string | null) {
  const input = { workspaceId: idOf('Workspace', workspace), username, ...(role && { role }) };
  const token = by === null ? {} : { token: await app.token(by, by === 'root' ? 'ADMIN' : 'USER') };
  return mutate(app, 'inviteMember', { input, select: SELECT, ...token });
}

const staffed = () => createWorkspace(app.prisma, { owner: 'OWNER', chief: 'ADMIN', member: 'MEMBER' });

async function rolesIn(workspace: Workspace): Promise<Record<string, MemberRole>> {
  const members = await app.prisma.workspaceMember.findMany({
    where: { workspaceId: workspace.id },
    include: { user: true },
  });
  return Object.fromEntries(members.map(({ user, role }) => [user.username, role]));
}

describe('inviteMember', () => {
  test('makes a user a member, and one who is a member something else', async () => {
    const workspace = await staffed();
    const first = await invite(workspace, 'guest', undefined, 'owner');
    expect(first.errors).toEqual([]);
    expect(first.data.inviteMember).toEqual({
      member: { role: 'MEMBER', user: { username: 'guest' } },
      workspace: { members: { totalCount: 4 } },
    });
    const second = await invite(workspace, 'guest', 'ADMIN', 'owner');
    expect(second.data.inviteMember).toEqual({
      member: { role: 'ADMIN', user: { username: 'guest' } },
      workspace: { members: { totalCount: 4 } },
    });
  });

  test('whom one invites sees the workspace at once', async () => {
    const workspace = await staffed();
    const look = async () =>
      app.execute(
        `query ($slug: String!) { workspace(slug: $slug) { slug } }`,
        { slug: workspace.slug },
        { token: await app.token('guest') },
      );
    expect(refusalOf(await look())).toEqual(refused('FORBIDDEN'));
    await invite(workspace, 'guest', undefined, 'chief');
    expect((await look()).data).toEqual({ workspace: { slug: workspace.slug } });
  });

  test.each<[string | null, MemberRole, string, string | null]>([
    ['owner', 'OWNER', 'guest', null],
    ['owner', 'MEMBER', 'chief', null],
    ['chief', 'MEMBER', 'guest', null],
    ['chief', 'ADMIN', 'member', null],
    ['chief', 'OWNER', 'guest', 'FORBIDDEN'],
    ['chief', 'OWNER', 'chief', 'FORBIDDEN'],
    ['chief', 'MEMBER', 'owner', 'FORBIDDEN'],
    ['member', 'MEMBER', 'guest', 'FORBIDDEN'],
    ['member', 'ADMIN', 'member', 'FORBIDDEN'],
    ['guest', 'MEMBER', 'guest', 'FORBIDDEN'],
    ['root', 'ADMIN', 'guest', null],
    ['root', 'OWNER', 'guest', 'FORBIDDEN'],
    [null, 'MEMBER', 'guest', 'UNAUTHENTICATED'],
  ])('%s gives the role %s to %s: %s', async (by, role, whom, code) => {
    const workspace = await staffed();
    const before = await rolesIn(workspace);
    expect(refusalOf(await invite(workspace, whom, role, by))).toEqual(code && refused(code));
    expect(await rolesIn(workspace)).toEqual(code ? before : { ...before, [whom]: role });
  });

  test('the last owner stays one', async () => {
    const workspace = await staffed();
    expect(refusalOf(await invite(workspace, 'owner', 'ADMIN', 'owner'))).toEqual(refused('CONFLICT'));
    await invite(workspace, 'chief', 'OWNER', 'owner');
    expect(refusalOf(await invite(workspace, 'owner', 'ADMIN', 'owner'))).toBeNull();
    expect(await rolesIn(workspace)).toMatchObject({ owner: 'ADMIN', chief: 'OWNER' });
  });

  test('owners who step down at the same time leave one behind', async () => {
    for (let round = 0; round < 6; round += 1) {
      const workspace = await createWorkspace(app.prisma, { owner: 'OWNER', chief: 'OWNER', member: 'OWNER' });
      const names = ['owner', 'chief', 'member'];
      const answers = await Promise.all(names.map((name) => invite(workspace, name, 'MEMBER', name)));
      expect(answers.map((answer) => refusalOf(answer)?.code).filter(Boolean)).toEqual(['CONFLICT']);
      expect(Object.values(await rolesIn(workspace)).sort()).toEqual(['MEMBER', 'MEMBER', 'OWNER']);
    }
  });

  test('a user and a workspace that do not exist', async () => {
    const workspace = await staffed();
    const nowhere = { ...workspace, id: 2_000_000_000 };
    expect(refusalOf(await invite(workspace, 'nobody', 'MEMBER', 'owner'))).toEqual(
      refused('NOT_FOUND', ['input', 'username']),
    );
    expect(refusalOf(await invite(nowhere, 'guest', 'MEMBER', 'root'))).toEqual(
      refused('NOT_FOUND', ['input', 'workspaceId']),
    );
    expect(refusalOf(await invite(nowhere, 'guest', 'MEMBER', 'owner'))).toEqual(refused('FORBIDDEN'));
  });

  test('the id of something else is refused with its path', async () => {
    const input = { workspaceId: missingIdOf('Agent'), username: '' };
    const answer = await mutate(app, 'inviteMember', { input, select: SELECT, token: await app.token('owner') });
    expect(refusalOf(answer)).toEqual(refused('BAD_USER_INPUT', ['input', 'workspaceId'], ['input', 'username']));
  });
});
