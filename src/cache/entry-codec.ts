/**
 * Entries as the remote tier holds them: the lengths of what follows, a header and the dependencies, each as JSON, and the body; all of it sealed.
 *
 * The dependencies are read when somebody wants them, which is after the next write: until then every change that is known is visible to the entry.
 */
import { type Body, bodyOfBytes, bytesOf } from './body.js';
import type { Dependency } from './dependency.js';
import { type Entry, type Lifetime, memoryOf } from './entry.js';
import type { Seal } from './seal.js';
import { type Snapshot, formatSnapshot, parseSnapshot } from './snapshot.js';

interface Header {
  key: string;
  epoch: string;
  snapshot: string;
  createdAt: number;
  lifetime: [maxAge: number, staleWhileRevalidate: number, staleIfError: number];
  note: unknown;
  /** How many there are. */
  dependencies: number;
}

/** Columns, each combination once, with the tags that they were looked at under: many rows share them, in memory too. */
type Grouped = [columns: readonly string[], tags: string[]][];

/** Instances of another version write another one, and are not to write over ours: it is a part of the remote tier's keys. */
export const FORM = 2;
/** What is sealed as another does not open. */
const PURPOSE = `entry ${FORM}` as const;
const LENGTH_BYTES = 4;
const LENGTHS_BYTES = 2 * LENGTH_BYTES;

export function encodeEntry(entry: Entry, seal: Seal): Uint8Array {
  const { key, epoch, createdAt, note, lifetime } = entry;
  const header: Header = {
    key,
    epoch,
    snapshot: formatSnapshot(entry.snapshot),
    createdAt,
    lifetime: [lifetime.maxAge, lifetime.staleWhileRevalidate, lifetime.staleIfError],
    note,
    dependencies: entry.dependencies.length,
  };
  const parts = [header, byColumns(entry.dependencies)].map((part) => Buffer.from(JSON.stringify(part)));
  const lengths = Buffer.alloc(LENGTHS_BYTES);
  parts.forEach(({ byteLength }, index) => lengths.writeUInt32BE(byteLength, index * LENGTH_BYTES));
  return seal.close(PURPOSE, Buffer.concat([lengths, ...parts, bytesOf(entry.body)]));
}

/** @returns null for what was not written by one of us, or answers another key. */
export function decodeEntry(sealed: Uint8Array, key: string, seal: Seal): Entry | null {
  const content = seal.open(PURPOSE, sealed);
  if (!content) return null;
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const dependenciesAt = LENGTHS_BYTES + bytes.readUInt32BE();
  const bodyAt = dependenciesAt + bytes.readUInt32BE(LENGTH_BYTES);
  // Sealed, so it is a header of ours.
  const header = JSON.parse(bytes.toString('utf8', LENGTHS_BYTES, dependenciesAt)) as Header;
  if (header.key !== key) return null;
  return new FetchedEntry(key, header, bytes.toString('utf8', dependenciesAt, bodyAt), bodyOfBytes(bytes, bodyAt));
}

class FetchedEntry implements Entry {
  readonly key: string;
  readonly epoch: string;
  readonly snapshot: Snapshot;
  readonly createdAt: number;
  readonly lifetime: Lifetime;
  readonly note: unknown;
  readonly body: Body;
  readonly bytes: number;
  #dependencies: readonly Dependency[] | string;

  constructor(
    key: string,
    { epoch, snapshot, createdAt, lifetime, note, dependencies }: Header,
    list: string,
    body: Body,
  ) {
    const [maxAge, staleWhileRevalidate, staleIfError] = lifetime;
    this.key = key;
    this.epoch = epoch;
    this.snapshot = parseSnapshot(snapshot);
    this.createdAt = createdAt;
    this.lifetime = { maxAge, staleWhileRevalidate, staleIfError };
    this.note = note;
    this.body = body;
    this.bytes = memoryOf(key, body, dependencies);
    this.#dependencies = list;
  }

  get dependencies(): readonly Dependency[] {
    if (typeof this.#dependencies === 'string') {
      const groups = JSON.parse(this.#dependencies) as Grouped;
      this.#dependencies = groups.flatMap(([columns, tags]) => tags.map((tag): Dependency => ({ tag, columns })));
    }
    return this.#dependencies;
  }
}

function byColumns(dependencies: readonly Dependency[]): Grouped {
  const groups = new Map<string, [columns: readonly string[], tags: string[]]>();
  for (const { tag, columns } of dependencies) {
    const group = groups.get(columns.join()) ?? [columns, []];
    groups.set(columns.join(), group);
    group[1].push(tag);
  }
  return [...groups.values()];
}
