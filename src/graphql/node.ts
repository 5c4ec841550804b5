/** `node` and `nodes`: any object by its id (Relay, Global Object Identification). */
import { brandWithType } from '@pothos/core';
import { badInput } from '../errors.js';
import { builder } from './builder.js';
import type { Context } from './context.js';
import type { ModelRow } from './models.js';
import { parseNodeId } from './node-id.js';

type LoadNode<Row> = (ctx: Context, key: number) => Promise<Row | null>;

const MAX_IDS = 100;
const loaders: { [Model in keyof ModelRow]?: LoadNode<ModelRow[Model]> } = {};

/** Says how a type of node is fetched. `load` refuses what the viewer may not see. */
export function registerNode<Model extends keyof ModelRow>(model: Model, load: LoadNode<ModelRow[Model]>): void {
  Object.assign(loaders, { [model]: load });
}

const isNodeType = (type: string): type is keyof ModelRow => Object.hasOwn(loaders, type);

/** The row of a node, marked as what it is, for slices that do not own its type; null where there is none. */
export async function fetchRow<Model extends keyof ModelRow>(
  ctx: Context,
  model: Model,
  key: number,
): Promise<ModelRow[Model] | null> {
  const load = loaders[model];
  if (!load) throw new Error(`${model} is not a node: its slice must call registerNode().`);
  const row = await load(ctx, key);
  if (row) brandWithType(row, model as never);
  return row;
}

async function fetchNode(ctx: Context, id: string, path: (string | number)[]): Promise<object | null> {
  const parsed = parseNodeId(id);
  if (parsed && isNodeType(parsed.type)) return await fetchRow(ctx, parsed.type, parsed.key);
  throw badInput([{ path, message: 'not a node id: take it from the field "id" of an object' }]);
}

builder.queryFields((t) => ({
  node: t.field({
    type: builder.nodeInterfaceRef(),
    nullable: true,
    directives: { cacheControl: { staleWhileRevalidate: 60 } },
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, ctx) => fetchNode(ctx, id, ['id']),
  }),
  nodes: t.field({
    type: [builder.nodeInterfaceRef()],
    nullable: { list: false, items: true },
    directives: { cacheControl: { staleWhileRevalidate: 60 } },
    args: { ids: t.arg.idList({ required: true }) },
    resolve: (_root, { ids }, ctx) => {
      if (ids.length > MAX_IDS) throw badInput([{ path: ['ids'], message: `at most ${MAX_IDS} ids at a time` }]);
      // Promises, each for itself: an id that is none takes no other answer with it.
      return ids.map((id, index) => fetchNode(ctx, id, ['ids', index]));
    },
  }),
}));
