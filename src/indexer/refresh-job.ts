/** A refresh that this instance does: claimed for as long as its lease runs, which PostgreSQL counts. Each of its writes fails once it belongs to somebody else. */
import { Prisma, type PrismaClient } from '../platform/prisma/client.js';
import type { Chain, CollectionRefresh, TokenStandard } from '../platform/prisma/client.js';
import { Db } from '../tracking/db.js';
import type { Publisher } from '../tracking/publisher.js';
import { type Transact, allowWrites, write } from '../tracking/write.js';

/** One that was claimed so often without getting a page further is given up. */
const MAX_ATTEMPTS = 8;

/** Somebody else does it now, an import has set it back, or it is gone. */
export class LeaseLostError extends Error {
  override name = 'LeaseLostError';
}

type Work = Pick<
  CollectionRefresh,
  'collectionId' | 'status' | 'step' | 'pageKey' | 'page' | 'seen' | 'ownersAsOf' | 'attempts'
>;
interface Target {
  address: string;
  chain: Chain;
  standard: TokenStandard;
}

export interface JobParts {
  prisma: PrismaClient;
  transact: Transact;
  publisher: Publisher | null;
  leaseMs: number;
}

/** Columns of the row, as a step leaves them. */
export type Progress = Prisma.CollectionRefreshUncheckedUpdateInput;

export class RefreshJob {
  private constructor(
    private readonly parts: JobParts,
    readonly holder: string,
    /** As it is written down. */
    public work: Work,
    readonly target: Target,
  ) {}

  /** The refresh that has been due for longest, or whose holder has not been heard of; null if there is none. */
  static async claim(parts: JobParts, holder: string): Promise<RefreshJob | null> {
    const due = Prisma.sql`(status = 'WAITING' AND "notBefore" <= clock_timestamp())
      OR (status = 'RUNNING' AND "leaseUntil" < clock_timestamp())`;
    const [found] = await parts.prisma.$queryRaw<object[]>`SELECT 1 FROM "CollectionRefresh" WHERE ${due} LIMIT 1`;
    if (!found) return null;
    const [row] = await write(
      writerOf(parts),
      (tx) =>
        tx.prisma.$queryRaw<(Work & Target)[]>`
        WITH due AS MATERIALIZED (
          SELECT "collectionId" FROM "CollectionRefresh" WHERE ${due}
          ORDER BY "notBefore", "collectionId" LIMIT 1 FOR UPDATE SKIP LOCKED)
        UPDATE "CollectionRefresh" AS r SET status = 'RUNNING', holder = ${holder}, attempts = attempts + 1, error = NULL,
          "leaseUntil" = clock_timestamp() + ${parts.leaseMs}::int * interval '1 millisecond'
        FROM due, "Collection" AS c WHERE r."collectionId" = due."collectionId" AND c.id = due."collectionId"
        RETURNING r."collectionId", r.status, r.step, r."pageKey", r.page, r.seen, r."ownersAsOf", r.attempts, c.address, c.chain, c.standard`,
    );
    if (!row) return null;
    const { address, chain, standard, ...work } = row;
    return new RefreshJob(parts, holder, work, { address, chain, standard });
  }

  get isUnderWay(): boolean {
    return this.work.status === 'RUNNING';
  }

  get isLastAttempt(): boolean {
    return this.work.attempts >= MAX_ATTEMPTS;
  }

  /** Whoever had the last attempt could not even say how it ended. */
  get isGivenUp(): boolean {
    return this.work.attempts > MAX_ATTEMPTS;
  }

  /**
   * Writes what `change` does together with where the job stands afterwards: both or neither.
   *
   * As an import does, it locks the collection first: who writes its tokens takes turns. Ranks need that, too: an import makes its own before it sets a refresh
   * back, and a last page that came between the two would be done with old ones. A transfer locks a token first, and the collection for its counters: where it meets a
   * page there may be a deadlock, which write() repeats; pages are short.
   * @throws LeaseLostError; what isLockedOut() knows after two seconds, for an import keeps the collection until its end.
   */
  async advance(change: (tx: Prisma.TransactionClient) => Promise<Progress>): Promise<void> {
    this.work = await write(writerOf(this.parts), async ({ prisma: tx }) => {
      // A page takes longer than a request may.
      await tx.$executeRaw`SET LOCAL statement_timeout = 0`;
      await tx.$executeRaw`SELECT FROM "Collection" WHERE id = ${this.work.collectionId}::int FOR NO KEY UPDATE`;
      await this.#hold(tx);
      const progress = await change(tx);
      return await tx.collectionRefresh.update({
        where: { collectionId: this.work.collectionId },
        data: { attempts: 0, ...progress },
      });
    });
  }

  /** Says that it is still being done. @throws LeaseLostError */
  async beat(): Promise<void> {
    const held = await write(
      writerOf(this.parts),
      ({ prisma: tx }) =>
        tx.$executeRaw`
        UPDATE "CollectionRefresh" SET "leaseUntil" = clock_timestamp() + ${this.parts.leaseMs}::int * interval '1 millisecond'
        WHERE "collectionId" = ${this.work.collectionId}::int AND holder = ${this.holder} AND status = 'RUNNING'`,
    );
    if (held === 0) throw new LeaseLostError();
  }

  /** It goes on later, here or elsewhere, from where it stands. */
  async postpone(error: string | null, delayMs: number): Promise<void> {
    await this.#leave(waiting(error, delayMs));
  }

  /** The same, as if it had not been begun: it was others who kept it from that. */
  async giveWay(error: string, delayMs: number): Promise<void> {
    await this.#leave(Prisma.sql`${waiting(error, delayMs)}, attempts = greatest(attempts - 1, 0)`);
  }

  async fail(error: string): Promise<void> {
    await this.#leave(Prisma.sql`status = 'FAILED', error = ${error}, "finishedAt" = clock_timestamp()`);
  }

  async #leave(columns: Prisma.Sql): Promise<void> {
    await write(
      writerOf(this.parts),
      ({ prisma: tx }) =>
        tx.$executeRaw`
        UPDATE "CollectionRefresh" SET holder = NULL, "leaseUntil" = NULL, done = seen, ${columns}
        WHERE "collectionId" = ${this.work.collectionId}::int AND holder = ${this.holder} AND status = 'RUNNING'`,
    );
  }

  async #hold(tx: Prisma.TransactionClient): Promise<void> {
    const { collectionId, step, pageKey } = this.work;
    const [held] = await tx.$queryRaw<object[]>`
      SELECT 1 FROM "CollectionRefresh"
      WHERE "collectionId" = ${collectionId}::int AND holder = ${this.holder} AND status = 'RUNNING'
        AND step = ${step}::"RefreshStep" AND "pageKey" IS NOT DISTINCT FROM ${pageKey} FOR UPDATE`;
    if (!held) throw new LeaseLostError();
  }
}

const waiting = (error: string | null, delayMs: number): Prisma.Sql => Prisma.sql`
  status = 'WAITING', error = ${error}, "notBefore" = clock_timestamp() + ${delayMs}::int * interval '1 millisecond'`;

const writerOf = ({ prisma, transact, publisher }: JobParts) =>
  allowWrites({ db: new Db(prisma, null) }, { transact, publisher });
