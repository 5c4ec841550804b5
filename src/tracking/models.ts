/** The tables as prisma/schema.prisma describes them: what reads are tracked by, and what the triggers capture. */
import { generatedModels } from './generated-models.js';

export type ColumnType =
  | 'Int'
  | 'BigInt'
  | 'String'
  | 'Boolean'
  | 'Enum'
  | 'Decimal'
  | 'Uuid'
  | 'Float'
  | 'DateTime'
  | 'Json'
  | 'Bytes'
  /** Lists, and what only PostgreSQL knows. */
  | 'Other';

/** The rows of `model` whose columns `to` equal our columns `from`; through `joinTable` where there are many on both sides. */
export interface Relation {
  readonly model: string;
  readonly isList: boolean;
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly joinTable: string | null;
}

/** A table. The join table of an implicit many-to-many relation is one too. */
export interface Model {
  readonly name: string;
  /** The primary key, in its order. */
  readonly key: readonly string[];
  readonly columns: Readonly<Record<string, ColumnType>>;
  /** Columns whose equal values make a group of rows (`Nft[collectionId=7]`), in the order of the schema. */
  readonly groups: readonly (readonly string[])[];
  /** Columns that are unique together, the primary key included. */
  readonly uniques: readonly (readonly string[])[];
  readonly relations: Readonly<Record<string, Relation>>;
}

export const allModels: readonly Model[] = generatedModels;

const byName = new Map(allModels.map((model) => [model.name, model]));

export const isModelName = (name: string): boolean => byName.has(name);

/** @throws for a name that is no model's. */
export function modelNamed(name: string): Model {
  const model = byName.get(name);
  if (!model)
    throw new Error(`There is no model "${name}": run "npm run generate" after a change of prisma/schema.prisma.`);
  return model;
}
