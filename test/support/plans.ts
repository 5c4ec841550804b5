/** How PostgreSQL would run a statement. */
import pg from 'pg';
import type { Prisma } from '../../src/platform/prisma/client.js';

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Cond'?: string;
  Filter?: string;
  Plans?: PlanNode[];
}

type Statement = Pick<Prisma.QueryEvent, 'query' | 'params'>;

export interface Planner {
  /** The large tables that a statement would read from end to end. */
  wholeTablesReadBy(statement: Statement): Promise<string[]>;
  /** What a statement asks of row after row while it walks an index. What a bitmap has found is only checked again. */
  filtersOf(statement: Statement): Promise<string[]>;
  /** What a statement looks up in indexes. */
  indexConditionsOf(statement: Statement): Promise<string[]>;
  close(): Promise<void>;
}

/** Below this many rows, to read all of a table is what a planner should do. */
const LARGE = 1_000;

export async function openPlanner(url: string): Promise<Planner> {
  const client = new pg.Client({ connectionString: url, options: '-c timezone=UTC' });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND reltuples >= ${LARGE}`,
  );
  const large = new Set(rows.map(({ name }) => name));

  async function nodesOf({ query, params }: Statement): Promise<PlanNode[]> {
    if (!/^\s*(SELECT|WITH|INSERT|UPDATE|DELETE)\b/i.test(query)) return [];
    const values = JSON.parse(params) as unknown[];
    const explained = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `EXPLAIN (FORMAT JSON) ${query}`,
      values,
    );
    return flatten(explained.rows[0]!['QUERY PLAN'][0].Plan);
  }

  return {
    wholeTablesReadBy: async (statement) =>
      (await nodesOf(statement))
        .filter((node) => node['Node Type'] === 'Seq Scan')
        .flatMap((node) => node['Relation Name'] ?? [])
        .filter((table) => large.has(table)),
    filtersOf: async (statement) =>
      (await nodesOf(statement))
        .filter((node) => node['Node Type'] !== 'Bitmap Heap Scan')
        .flatMap((node) => node.Filter ?? []),
    indexConditionsOf: async (statement) => (await nodesOf(statement)).flatMap((node) => node['Index Cond'] ?? []),
    close: () => client.end(),
  };
}

const flatten = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(flatten)];
