/**
 * Holds dependencies against writes: whatever a write changed about an answer, the events that the triggers wrote must meet
 * something that the answer is said to depend on.
 */
import { type Change, type Dependency, meets } from '../../../src/cache/dependency.js';
import { parseChange } from '../../../src/cache/event.js';
import { modelOf, wholeTag } from '../../../src/cache/tag.js';
import { Db } from '../../../src/tracking/db.js';
import { Reads } from '../../../src/tracking/reads.js';
import type { PrismaClient } from '../../../src/platform/prisma/client.js';

/** A question that can be asked again, and how to tell of it. */
export interface Asked {
  title: string;
  ask: (db: Db) => Promise<unknown>;
}

interface Answered extends Asked {
  answer: string;
  dependencies: readonly Dependency[];
}

export interface Verdict {
  /** Answers that became others. */
  changed: number;
  /** Answers that dependencies said might have. */
  met: number;
  /** Changed without anything that says so. */
  missed: string[];
}

/** @throws if the answer could not be described: what is asked here must be understood. */
async function answerTo(prisma: PrismaClient, asked: Asked): Promise<Answered> {
  const reads = new Reads();
  const answer = JSON.stringify(await asked.ask(new Db(prisma, reads)).catch(nameOfError));
  if (reads.refusal !== null) throw new Error(`${asked.title}: ${reads.refusal}`);
  return { ...asked, answer, dependencies: reads.dependencies() };
}

/** That there is no such row is an answer. */
function nameOfError(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'P2025') return 'not found';
  throw error;
}

export async function judge(
  prisma: PrismaClient,
  questions: readonly Asked[],
  write: () => Promise<string>,
): Promise<Verdict> {
  const before: Answered[] = [];
  for (const question of questions) before.push(await answerTo(prisma, question));
  await prisma.$executeRaw`DELETE FROM cache_event`;
  const written = await write();
  const changes = await changesSince(prisma);
  const verdict: Verdict = { changed: 0, met: 0, missed: [] };
  for (const one of before) {
    const after = await answerTo(prisma, one);
    const isMet = changes.some((change) => one.dependencies.some((dependency) => concerns(change, dependency)));
    const isOther = after.answer !== one.answer;
    if (isOther) verdict.changed += 1;
    if (isMet) verdict.met += 1;
    if (isOther && !isMet) verdict.missed.push(report(one, after, written, changes));
  }
  return verdict;
}

async function changesSince(prisma: PrismaClient): Promise<Change[]> {
  const events = await prisma.$queryRaw<{ changes: string[] }[]>`SELECT changes FROM cache_event`;
  return events.flatMap(({ changes }) => changes.map(parseChange));
}

const concerns = (change: Change, { tag, columns }: Dependency): boolean =>
  (change.tag === tag || change.tag === wholeTag(modelOf(tag))) && meets(change.columns, columns);

const report = (before: Answered, after: Answered, written: string, changes: Change[]): string =>
  [
    before.title,
    `before: ${before.answer}`,
    `after: ${after.answer}`,
    `written: ${written}`,
    `changes: ${JSON.stringify(changes)}`,
    `dependencies: ${JSON.stringify(before.dependencies)}`,
  ].join('\n');
