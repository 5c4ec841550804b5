/** The contract of the ledger over a real database; whatever PGlite cannot do, its one session, is left out there. */
import pg from 'pg';
import pino from 'pino';
import { inject } from 'vitest';
import type { Change } from '../../src/cache/dependency.js';
import { formatChange } from '../../src/cache/event.js';
import { createPostgresLedger } from '../../src/cache/postgres/ledger.js';
import { openDatabase } from '../../src/platform/database.js';
import { MIGRATIONS } from '../../src/platform/migrations.js';
import { allModels } from '../../src/tracking/models.js';
import { captureTriggers } from '../../src/tracking/triggers.js';
import { type LedgerStage, type OpenTransaction, ledgerContract } from '../contracts/ledger.js';
import { createTestDatabase } from '../support/test-database.js';

const NOTE = `INSERT INTO cache_event (changes) VALUES ($1) RETURNING xid::text`;

/** One transaction for each: a statement of its own. */
const NOTE_MANY = `DO $do$ DECLARE
    texts text[] := $texts$;
  BEGIN FOR i IN 1..cardinality(texts) LOOP INSERT INTO cache_event (changes) VALUES (ARRAY[texts[i]]); COMMIT; END LOOP; END $do$`;

async function stageOf(): Promise<LedgerStage> {
  const place = await createTestDatabase();
  const isServer = place.url !== 'memory://';
  const database = await openDatabase(
    isServer ? { kind: 'server', url: place.url, poolSize: 1, waitSeconds: 0 } : { kind: 'memory' },
    { migrations: MIGRATIONS, logger: pino({ level: 'silent' }), ...(place.dump && { dump: place.dump }) },
  );
  const client = database.ledger;
  const clients: pg.Client[] = [];

  const xids = async () =>
    (await client.query<{ xid: string }>(`SELECT xid::text FROM cache_event ORDER BY cache_event.xid`)).map(({ xid }) =>
      Number(xid),
    );

  async function write(transactions: readonly (readonly Change[])[]): Promise<number[]> {
    if (transactions.every(({ length }) => length === 1))
      return writeMany(transactions.map(([change]) => formatChange(change!)));
    const written: number[] = [];
    for (const changes of transactions) {
      const [row] = await client.query<{ xid: string }>(NOTE, [changes.map(formatChange)]);
      written.push(Number(row!.xid));
    }
    return written;
  }

  async function writeMany(texts: string[]): Promise<number[]> {
    const before = new Set(await xids());
    const literal = `ARRAY[${texts.map((text) => `'${text}'`).join()}]`;
    const statement = NOTE_MANY.replace('$texts$', () => literal);
    await (isServer ? (await openSession()).query(statement) : client.query(statement));
    return (await xids()).filter((xid) => !before.has(xid));
  }

  async function openSession(): Promise<pg.Client> {
    const session = new pg.Client({ connectionString: place.url });
    clients.push(session);
    await session.connect();
    return session;
  }

  async function begin(changes: readonly Change[]): Promise<OpenTransaction> {
    const session = await openSession();
    await session.query('BEGIN');
    const { rows } = await session.query<{ xid: string }>(NOTE, [changes.map(formatChange)]);
    return {
      xid: Number(rows[0]!.xid),
      commit: () => session.query('COMMIT').then(() => undefined),
      rollBack: () => session.query('ROLLBACK').then(() => undefined),
    };
  }

  return {
    ledger: createPostgresLedger(client, { capture: captureTriggers(allModels) }),
    write,
    begin,
    async loseEpoch() {
      await client.query(`UPDATE cache_boot SET identity = 'another'`);
    },
    async close() {
      await Promise.all(clients.map((session) => session.end()));
      await database.close();
      await place.remove();
    },
  };
}

const { kind } = inject('database');

ledgerContract(kind, stageOf, kind === 'pglite' ? 'one' : 'many');
