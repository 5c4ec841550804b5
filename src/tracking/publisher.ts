/** Tells the other instances of a transaction: asks it for its changes just before the commit, and waits after it until everyone knows. */
import type { Announced } from '../cache/instance.js';
import { ownChanges, parseOwnChanges } from '../cache/postgres/own-changes.js';
import type { Commit } from '../cache/settlement.js';
import { Prisma } from '../platform/prisma/client.js';
import type { ReadRows } from './db.js';

export interface Publisher {
  /** Inside the transaction, after its last write. Null: nothing was written. */
  announce(readRows: ReadRows): Promise<Announced | null>;
}

interface Announcer {
  announce(commit: Commit): Announced;
  /** Whether announcements reach anyone by a way of their own. */
  readonly hasMessenger: boolean;
}

export const createPublisher = (announcer: Announcer): Publisher => ({
  async announce(readRows) {
    const rows = await readRows<unknown>(Prisma.raw(ownChanges({ notify: !announcer.hasMessenger })));
    const commit = parseOwnChanges(rows);
    return commit && announcer.announce(commit);
  },
});
