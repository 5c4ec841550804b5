/** The row type of each Prisma model, by name. */
import type PrismaTypes from './pothos-prisma-types.js';

export type ModelRow = { [Model in keyof PrismaTypes]: PrismaTypes[Model]['Shape'] };
