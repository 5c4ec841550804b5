/** Entries as the remote tier holds them: the length of a header, the header as JSON, the body; all of it sealed. */
import type { Dependency } from './dependency.js';
import type { Entry } from './entry.js';
import type { Seal } from './seal.js';
import { formatSnapshot, parseSnapshot } from './snapshot.js';

interface Header {
  key: string;
  epoch: string;
  snapshot: string;
  /** Columns, each combination once, with the tags that they were looked at under: many rows share them, in memory too. */
  dependencies: [columns: readonly string[], tags: string[]][];
  createdAt: number;
  lifetime: [maxAge: number, staleWhileRevalidate: number, staleIfError: number];
  note: unknown;
}

const LENGTH_BYTES = 4;

export function encodeEntry(entry: Entry, seal: Seal): Uint8Array {
  const { key, epoch, createdAt, note, lifetime } = entry;
  const header: Header = {
    key,
    epoch,
    snapshot: formatSnapshot(entry.snapshot),
    dependencies: byColumns(entry.dependencies),
    createdAt,
    lifetime: [lifetime.maxAge, lifetime.staleWhileRevalidate, lifetime.staleIfError],
    note,
  };
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(text.byteLength);
  return seal.close('entry', Buffer.concat([length, text, entry.body]));
}

/** @returns null for what was not written by one of us, or answers another key. */
export function decodeEntry(sealed: Uint8Array, key: string, seal: Seal): Entry | null {
  const content = seal.open('entry', sealed);
  if (!content) return null;
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const bodyAt = LENGTH_BYTES + bytes.readUInt32BE();
  // Sealed, so it is a header of ours.
  const header = JSON.parse(bytes.toString('utf8', LENGTH_BYTES, bodyAt)) as Header;
  if (header.key !== key) return null;
  const [maxAge, staleWhileRevalidate, staleIfError] = header.lifetime;
  return {
    key,
    epoch: header.epoch,
    snapshot: parseSnapshot(header.snapshot),
    dependencies: header.dependencies.flatMap(([columns, tags]) => tags.map((tag): Dependency => ({ tag, columns }))),
    createdAt: header.createdAt,
    lifetime: { maxAge, staleWhileRevalidate, staleIfError },
    note: header.note,
    // A copy: a part would keep all of what came alive.
    body: Uint8Array.prototype.slice.call(bytes, bodyAt),
  };
}

function byColumns(dependencies: readonly Dependency[]): Header['dependencies'] {
  const groups = new Map<string, [columns: readonly string[], tags: string[]]>();
  for (const { tag, columns } of dependencies) {
    const group = groups.get(columns.join()) ?? [columns, []];
    groups.set(columns.join(), group);
    group[1].push(tag);
  }
  return [...groups.values()];
}
