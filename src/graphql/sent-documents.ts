/**
 * Documents that clients have sent in full, by their hashes, in bounded memory. What a viewer has sent is theirs alone. What a stranger has sent any
 * stranger may ask for by its hash, but it takes only the room of the address that it came from: who sends very many pushes out their own.
 */
import { LRUCache } from 'lru-cache';

export interface DocumentStore {
  get(hash: string): string | undefined;
  set(hash: string, text: string): void;
}

/** Of each viewer, and of each address. */
const MAX_BYTES = 100_000;
const MAX_VIEWERS = 300;
const MAX_ADDRESSES = 300;

type Room = LRUCache<string, string>;

export class SentDocuments {
  readonly #viewers = new LRUCache<string, Room>({ max: MAX_VIEWERS });
  readonly #addresses = new LRUCache<string, Room>({ max: MAX_ADDRESSES, dispose: (room) => room.clear() });
  /** By their hashes, the addresses in whose room what strangers have sent is. */
  readonly #where = new Map<string, string>();

  ofViewer(name: string): DocumentStore {
    const room = this.#viewers.get(name) ?? createRoom();
    this.#viewers.set(name, room);
    return room;
  }

  /** Of a stranger at this address. */
  ofStranger(address: string): DocumentStore {
    return {
      get: (hash) => {
        const where = this.#where.get(hash);
        // What is asked for stays longest, and so does the room that it is in.
        return where === undefined ? undefined : this.#addresses.get(where)?.get(hash);
      },
      set: (hash, text) => {
        if (this.#where.has(hash)) return;
        let room = this.#addresses.get(address);
        if (!room) this.#addresses.set(address, (room = createRoom((gone) => this.#where.delete(gone))));
        room.set(hash, text);
        if (room.has(hash)) this.#where.set(hash, address);
      },
    };
  }

  /** Whoever has sent it; null if it is not known any more. */
  find(hash: string): string | null {
    const rooms = [this.#addresses.peek(this.#where.get(hash) ?? ''), ...this.#viewers.values()];
    for (const room of rooms) {
      const text = room?.peek(hash);
      if (text !== undefined) return text;
    }
    return null;
  }
}

const createRoom = (forget: (hash: string) => void = () => undefined): Room =>
  new LRUCache({
    maxSize: MAX_BYTES,
    sizeCalculation: (text, hash) => 2 * text.length + hash.length,
    dispose: (_text, hash) => forget(hash),
  });
