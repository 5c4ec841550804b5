/**
 * A Prisma client that notes what it reads: every read operation, with all that it nests, becomes dependencies. What is not on the lists
 * here and in the files beside it is executed as well, and refused: the answer made of it is not cached.
 */
import { Prisma, type PrismaClient } from '../platform/prisma/client.js';
import { modelNamed } from './models.js';
import { noteAnswer, planOf, questionOf, readChoice, rowsIn } from './prisma-answer.js';
import { readFilter } from './prisma-filter.js';
import { readAggregates, readColumnNames } from './prisma-order.js';
import { AGGREGATES, type Args, NotUnderstood, partsOf } from './prisma-question.js';
import type { Work } from './db.js';
import type { Reads } from './reads.js';

/** Null: nobody wants to know. */
interface Watchers {
  readonly reads: Reads | null;
  readonly work: Work | null;
}

/** Notes a read of `model` by what it asked and what came back. @throws NotUnderstood */
type Note = (reads: Reads, model: string, args: Args, answer: unknown) => void;

const noteRows: Note = (reads, model, args, answer) => {
  noteAnswer(planOf(reads, modelNamed(model), args), rowsIn(answer));
};

/** At most one row. Prisma's fluent calls (`.findUnique().reviews()`) answer with rows of another model. */
const noteRowOrNone: Note = (reads, model, args, answer) => {
  if (Array.isArray(answer)) throw new NotUnderstood('the answer is a list');
  noteRows(reads, model, args, answer);
};

/** No rows are shown, only what they come to. */
const noteSums: Note = (reads, model, args) => {
  const question = questionOf(reads, model);
  if (args.by !== undefined) readColumnNames(question, args.by);
  if (args.having !== undefined) readFilter(question, args.having, false);
  readChoice(question, args, new Set([...AGGREGATES, 'by', 'having', 'select']));
  readAggregates(question, args);
  const counted = typeof args.select === 'object' && args.select !== null ? partsOf(args.select, 'select') : [];
  readColumnNames(
    question,
    counted.map(([column]) => column),
  );
  question.settle(question.tags());
};

const READS: Readonly<Record<string, Note>> = {
  findUnique: noteRowOrNone,
  findUniqueOrThrow: noteRowOrNone,
  findFirst: noteRowOrNone,
  findFirstOrThrow: noteRowOrNone,
  findMany: noteRows,
  count: noteSums,
  aggregate: noteSums,
  groupBy: noteSums,
};

/** The client, with every read noted in `reads`, and what it has the database do in `work`. Its answers are the same. */
export function watchedClient(client: PrismaClient, { reads, work }: Watchers): Prisma.TransactionClient {
  return client.$extends({
    query: {
      async $allOperations({ model, operation, args, query }) {
        const tell = (answer: unknown) =>
          reads && noteOrRefuse(reads, { model, operation, args: args as Args }, answer);
        try {
          const answer: unknown = await (work ? work.run(async () => (await query(args)) as unknown) : query(args));
          tell(answer);
          return answer;
        } catch (error) {
          if (isNotFound(error)) tell(null);
          else reads?.refuse(`A read of the database failed (${nameOf(model, operation)}): it may go well next time.`);
          throw error;
        }
      },
    },
  }) as unknown as Prisma.TransactionClient;
}

interface Operation {
  readonly model: string | undefined;
  readonly operation: string;
  readonly args: Args | undefined;
}

function noteOrRefuse(reads: Reads, { model, operation, args = {} }: Operation, answer: unknown): void {
  const name = nameOf(model, operation);
  const note = Object.hasOwn(READS, operation) ? READS[operation]! : null;
  if (model === undefined) {
    reads.refuse(`${name} does not say what it reads: use db.sql() with a reading (src/tracking/reading.ts).`);
    return;
  }
  if (!note) {
    reads.refuse(`${name} is not known to read only: write in a mutation, through write().`);
    return;
  }
  try {
    note(reads, model, args, answer);
  } catch (error) {
    // Whatever it was, a fault of ours here must not become one of the request.
    const reason = error instanceof Error ? error.message : String(error);
    reads.refuse(
      `${name} is not understood by the tracking of reads (${reason}): use db.sql() with a reading instead.`,
    );
  }
}

const nameOf = (model: string | undefined, operation: string): string =>
  `prisma.${model ? `${model}.` : ''}${operation}`;

/** `findUniqueOrThrow` and its like: that there is no such row is an answer too, for whoever catches it. */
const isNotFound = (error: unknown): boolean =>
  error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2025';
