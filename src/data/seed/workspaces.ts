/** Workspaces, their members, and what they have installed. The first is demo's. */
import { type Batch, type Tables, batches } from '../insert-rows.js';
import { publishedAgents } from './agents.js';
import { type Plan, createSlugs, daysAfter, ids } from './plan.js';
import { HOUSES, MOODS, PLACES } from './words/people.js';
import { createZipf } from './zipf.js';

const MEMBERS = { min: 2, max: 12 };
const INSTALLED = { min: 4, max: 32 };

interface WorkspaceRow {
  id: number;
  slug: string;
  name: string;
  createdAt: Date;
}

interface MemberRow {
  workspaceId: number;
  userId: number;
  role: 'OWNER' | 'ADMIN' | 'MEMBER';
  createdAt: Date;
}

export function* workspaces(plan: Plan): Generator<Batch> {
  const rows = [...workspaceRows(plan)];
  const members = rows.map((workspace) => [...memberRows(plan, workspace)]);
  yield* batches('Workspace', rows);
  yield* batches('WorkspaceMember', members.flat());
  yield* batches('Installation', installations(plan, rows, members));
}

function* workspaceRows(plan: Plan): Generator<WorkspaceRow> {
  const random = plan.random('workspaces');
  const slugOf = createSlugs();
  for (const id of ids(plan.workspaces)) {
    const name = `${random.pick(MOODS)} ${random.pick(PLACES)} ${random.pick(HOUSES)}`;
    yield {
      id,
      ...slugOf(id === 1 ? 'Demo Studio' : name),
      createdAt: random.moment(plan.from, daysAfter(plan.until, -10)),
    };
  }
}

/** The first is the owner. */
function* memberRows(plan: Plan, { id, createdAt }: WorkspaceRow): Generator<MemberRow> {
  const random = plan.random(`members ${id}`);
  const owner = id === 1 ? 1 : random.int(1, plan.users);
  const others = random.distinct(random.int(MEMBERS.min, MEMBERS.max), plan.users, () => random.int(1, plan.users));
  yield { workspaceId: id, userId: owner, role: 'OWNER', createdAt };
  for (const userId of others.filter((userId) => userId !== owner)) {
    const role = random.chance(0.2) ? 'ADMIN' : 'MEMBER';
    yield { workspaceId: id, userId, role, createdAt: random.moment(createdAt, plan.until) };
  }
}

function* installations(
  plan: Plan,
  workspaces: readonly WorkspaceRow[],
  members: readonly (readonly MemberRow[])[],
): Generator<Tables['Installation']> {
  const published = publishedAgents(plan);
  const ranking = plan.ranking('agents', plan.agents);
  const zipf = createZipf(plan.agents);
  let id = 0;
  for (const [index, workspace] of workspaces.entries()) {
    const random = plan.random(`installations ${workspace.id}`);
    const wanted = random.int(INSTALLED.min, INSTALLED.max);
    for (const agentId of random.distinct(wanted, plan.agents, () => ranking[zipf.draw(random)]!)) {
      const installer = random.pick(members[index]!);
      const possible = [workspace.createdAt, installer.createdAt, published[agentId - 1]!];
      yield {
        id: (id += 1),
        agentId,
        workspaceId: workspace.id,
        installedById: installer.userId,
        createdAt: random.moment(new Date(Math.max(...possible.map(Number))), plan.until, true),
      };
    }
  }
}
