/** `node` and `nodes`: any object by its id (Relay, Global Object Identification). */
import { brandWithType } from '@pothos/core';
import { badInput } from '../errors.js';
import { builder } from './builder.js';
import type { Context } from './context.js';
import { parseNodeId } from './node-id.js';

export type LoadNode = (ctx: Context, key: number) => Promise<object | null>;

const MAX_IDS = 100;
const loadNode = new Map<string, LoadNode>();

/** Says how a type of node is fetched. `load` refuses what the viewer may not see. */
export function registerNode(type: string, load: LoadNode): void {
  loadNode.set(type, load);
}

/** The row of a node, marked as one of `type`; null where there is none. */
export async function fetchRow(ctx: Context, type: string, key: number): Promise<object | null> {
  const load = loadNode.get(type);
  if (!load) throw new Error(`${type} is not a node: its slice must call registerNode().`);
  const row = await load(ctx, key);
  if (row) brandWithType(row, type as never);
  return row;
}

async function fetchNode(ctx: Context, id: string, path: (string | number)[]): Promise<object | null> {
  const parsed = parseNodeId(id);
  if (parsed && loadNode.has(parsed.type)) return await fetchRow(ctx, parsed.type, parsed.key);
  throw badInput([{ path, message: 'not a node id: take it from the field "id" of an object' }]);
}

builder.queryFields((t) => ({
  node: t.field({
    type: builder.nodeInterfaceRef(),
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, ctx) => fetchNode(ctx, id, ['id']),
  }),
  nodes: t.field({
    type: [builder.nodeInterfaceRef()],
    nullable: { list: false, items: true },
    args: { ids: t.arg.idList({ required: true }) },
    resolve: (_root, { ids }, ctx) => {
      if (ids.length > MAX_IDS) throw badInput([{ path: ['ids'], message: `at most ${MAX_IDS} ids at a time` }]);
      return Promise.all(ids.map((id, index) => fetchNode(ctx, id, ['ids', index])));
    },
  }),
}));
