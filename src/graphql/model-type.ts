/** The GraphQL type of a Prisma model that another slice owns: slices meet by the names of models, not by imports. */
import type { ObjectRef } from '@pothos/core';
import { getRefFromModel } from '@pothos/plugin-prisma';
import { type SchemaTypes, builder } from './builder.js';
import type { ModelRow } from './models.js';

type ExtendedTypes = PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>;

/** For fields whose parent holds the row. Building the schema fails if no slice has made a type of the model. */
export const modelType = <Model extends keyof ModelRow>(model: Model) =>
  getRefFromModel(model, builder) as unknown as ObjectRef<ExtendedTypes, ModelRow[Model]>;
