/** One session of PostgreSQL, as the ledger needs it. Statements run one after another, each in a transaction of its own. */
export interface SqlClient {
  query<Row>(sql: string, values?: unknown[]): Promise<Row[]>;
}
