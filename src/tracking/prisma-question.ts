/** What a Prisma read asks of the rows of one model, apart from which columns it shows of those that it finds. */
import { EXISTENCE } from '../cache/dependency.js';
import { type Tag, tableTag } from '../cache/tag.js';
import { type Model, type Relation, modelNamed } from './models.js';
import type { Reads } from './reads.js';
import { type Equalities, scopeTags } from './scope.js';

/** Part of a read is not among what this code knows, so nothing may be concluded. The message names it. */
export class NotUnderstood extends Error {}

/** What sums rows up, as Prisma names it. */
export const AGGREGATES: readonly string[] = ['_count', '_avg', '_sum', '_min', '_max'];

export type Args = Readonly<Record<string, unknown>>;

export class Question {
  /** By which the rows are chosen, ordered or summed up. */
  readonly columns = new Set<string>([EXISTENCE]);
  /** What the filter demands of every row. */
  readonly equalities: Record<string, readonly unknown[]> = {};

  constructor(
    readonly reads: Reads,
    readonly model: Model,
  ) {}

  isColumn(name: string): boolean {
    return Object.hasOwn(this.model.columns, name);
  }

  relation(name: string): Relation | null {
    return Object.hasOwn(this.model.relations, name) ? this.model.relations[name]! : null;
  }

  /** Follows a relation from rows that cannot be named, so whole tables count. `look` adds what is asked of the rows over there. */
  across(relation: Relation, look: (far: Question) => void): void {
    relation.from.forEach((column) => this.columns.add(column));
    const far = this.follow(relation);
    look(far);
    far.settle([tableTag(far.model.name)]);
  }

  /** The question about the rows that a relation leads to, to be asked once for each of ours. */
  follow(relation: Relation): Question {
    const far = new Question(this.reads, modelNamed(relation.model));
    relation.to.forEach((column) => far.columns.add(column));
    if (relation.joinTable !== null) this.reads.depend(tableTag(relation.joinTable), [EXISTENCE]);
    return far;
  }

  /** The tags of all rows that this could be about, knowing `more` of them. */
  tags(more: Equalities = {}): Tag[] {
    return scopeTags(this.model, Object.assign({}, this.equalities, more));
  }

  settle(tags: readonly Tag[]): void {
    this.note(tags, [...this.columns]);
  }

  note(tags: readonly Tag[], columns: readonly string[]): void {
    for (const tag of tags) this.reads.depend(tag, columns);
  }
}

/** The parts of an argument that were given, by their names. */
export function partsOf(value: unknown, where: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new NotUnderstood(`${where} is no object`);
  return Object.entries(value).filter(([, part]) => part !== undefined);
}

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);
