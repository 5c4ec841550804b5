/** Texts that only some may see: one in every private field of every row. */
import type { Viewer } from '../asking.js';
import { type Row, type Rows, rowsOf } from '../data/rows.js';

const moment = (year: number, number: string) =>
  `timestamptz '${year}-01-01T00:00:00Z' + (${number}) * interval '1 hour 1 minute 1.001 seconds'`;

/** Moments are canaries, too: no two rows have the same, and nothing public is so old. */
export const PLANT_CANARIES: readonly string[] = [
  `UPDATE "Workspace" SET name = 'canary-name-' || id, slug = 'canary-slug-' || id, "createdAt" = ${moment(2001, 'id')}`,
  `UPDATE "WorkspaceMember" SET "createdAt" = ${moment(2002, '"workspaceId" * 50 + "userId"')}`,
  `UPDATE "Installation" SET "createdAt" = ${moment(2003, 'id')}`,
];

const CANARY = /canary-(?:name|slug)-\d+|200[123]-\d\d-\d\dT[\d:.]+Z/g;

export class Canaries {
  /** Whose workspace each is in. */
  readonly #places = new Map<string, number>();
  readonly #members = new Set<string>();

  constructor(rows: Rows) {
    const plant = (table: string, column: string, place: string) => {
      for (const row of rowsOf(rows, table)) this.#places.set(spelling(row, column), row[place] as number);
    };
    for (const column of ['name', 'slug', 'createdAt']) plant('Workspace', column, 'id');
    plant('WorkspaceMember', 'createdAt', 'workspaceId');
    plant('Installation', 'createdAt', 'workspaceId');
    const subjects = new Map(rowsOf(rows, 'User').map(({ id, subject }) => [id, subject]));
    for (const { workspaceId, userId } of rowsOf(rows, 'WorkspaceMember'))
      this.#members.add(`${workspaceId as number} ${subjects.get(userId) as string}`);
  }

  /** Those in a body that `viewer` may not see. What the request itself named, as a slug in its variables, is no secret. */
  foreignIn(body: string, viewer: Viewer): string[] {
    return this.in(body).filter((canary) => !this.#maySee(viewer, canary));
  }

  in(body: string): string[] {
    return [...body.matchAll(CANARY)].map(([canary]) => canary);
  }

  #maySee(viewer: Viewer, canary: string): boolean {
    if (!viewer) return false;
    if (viewer.role === 'ADMIN') return true;
    const place = this.#places.get(canary);
    return place !== undefined && this.#members.has(`${place} ${viewer.user}`);
  }
}

const spelling = (row: Row, column: string): string => {
  const value = row[column];
  return value instanceof Date ? value.toISOString() : (value as string);
};
