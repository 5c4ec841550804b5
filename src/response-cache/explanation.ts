/** `extensions.cache`: what the cache has done for a request and why, for developers and admins. */
import type { Dependency } from '../cache/dependency.js';
import type { Reason } from '../cache/cache.js';
import { EVERYTHING, modelOf } from '../cache/tag.js';
import { readNote } from './note.js';
import { type Report, type Status, statusOf, ttlOf } from './report.js';

interface Explanation {
  readonly status: Status;
  /** What keeps it from being a hit, or made it stale. */
  readonly reason: object | null;
  readonly scope?: 'PUBLIC' | 'PRIVATE';
  /** What made it PRIVATE: a field, a type, or a read of the viewer. */
  readonly privateBy?: string | null;
  /** Seconds. */
  readonly age?: number;
  readonly ttl?: number;
  readonly maxAge?: number;
  readonly staleWhileRevalidate?: number;
  readonly staleIfError?: number;
  /** The field or type that set maxAge. */
  readonly setBy?: string | null;
  /** Where it was found. */
  readonly tier?: 'memory' | 'redis' | null;
  readonly stored?: boolean;
  readonly tags?: readonly string[];
  /** What was looked at under each tag; `*`: which rows there are. */
  readonly columns?: Readonly<Record<string, readonly string[]>>;
}

export function explain(report: Report): Explanation {
  const status = statusOf(report);
  if (report.kind === 'bypass') return { status, reason: report.why };
  if (report.kind === 'unstored') return { status, reason: report.why, stored: false };
  const { entry, age, reason, tier, isStored } = report.outcome;
  const explained = { status, reason: reason && wordsFor(reason), stored: isStored, tier: tierName(tier) };
  if (!entry) return explained;
  const { setBy, privateBy } = readNote(entry.note);
  return {
    ...explained,
    ...entry.lifetime,
    scope: privateBy === null ? 'PUBLIC' : 'PRIVATE',
    privateBy,
    age,
    ttl: ttlOf(entry, age),
    setBy,
    ...described(entry.dependencies),
  };
}

const tierName = (tier: 'memory' | 'remote' | null): 'memory' | 'redis' | null => (tier === 'remote' ? 'redis' : tier);

function described(dependencies: readonly Dependency[]) {
  const byTag = [...dependencies].sort((a, b) => (a.tag < b.tag ? -1 : 1));
  return {
    tags: byTag.map(({ tag }) => tag),
    columns: Object.fromEntries(byTag.map(({ tag, columns }) => [tag, columns])),
  };
}

const WORDS: Record<Exclude<Reason['kind'], 'changed'>, string> = {
  absent: 'nothing was stored for it',
  expired: 'it was older than its maxAge',
  lapsed: 'this instance has not heard of the ledger of writes for too long, so it trusts nothing that it holds',
  asked: 'the request said "Cache-Control: no-cache"',
  epoch: 'it was stored before the database was restarted, restored or replaced',
  forgotten: 'it is so old that the writes since are not known any more',
};

function wordsFor(reason: Reason): object {
  if (reason.kind !== 'changed') return { kind: reason.kind, message: WORDS[reason.kind] };
  const { tag, columns } = reason.change;
  if (tag === EVERYTHING)
    return {
      kind: 'changed',
      message: 'an operator ended everything that was cached',
      transaction: String(reason.xid),
    };
  const table = modelOf(tag);
  const message = `a write to "${table}" changed ${columns.join(', ')} of what it depends on (${tag})`;
  return { kind: 'changed', message, table, tag, row: rowOf(tag), columns, transaction: String(reason.xid) };
}

/** The primary key in a row's tag; null for those of groups and tables. */
const rowOf = (tag: string): string | null => /^[^:[!]+:(.*)$/s.exec(tag)?.[1] ?? null;
