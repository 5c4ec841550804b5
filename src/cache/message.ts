/** What instances tell each other over the bus. */
import { type CacheEvent, formatChange, parseChange } from './event.js';
import type { Seal } from './seal.js';

export type Message =
  /** These changes are about to be committed, or were. Acknowledge to `from`. */
  | ({ kind: 'event'; epoch: string; from: string } & CacheEvent)
  /** `from` knows the changes of `xid`. */
  | { kind: 'ack'; epoch: string; from: string; xid: number }
  /** There is news, too large to be told here. */
  | { kind: 'poll' };

/** A larger event is not carried: its receivers read the ledger instead. */
const MAX_BYTES = 64 * 1024;

export function encodeMessage(message: Message, seal: Seal): Uint8Array {
  const wire = message.kind === 'event' ? { ...message, changes: message.changes.map(formatChange) } : message;
  const content = Buffer.from(JSON.stringify(wire));
  return content.byteLength > MAX_BYTES ? encodeMessage({ kind: 'poll' }, seal) : seal.close('message', content);
}

/** @returns null for what none of us has sent. */
export function decodeMessage(bytes: Uint8Array, seal: Seal): Message | null {
  const content = seal.open('message', bytes);
  if (!content) return null;
  const wire = JSON.parse(Buffer.from(content).toString('utf8')) as
    | Exclude<Message, { kind: 'event' }>
    | { kind: 'event'; epoch: string; from: string; xid: number; changes: string[] };
  return wire.kind === 'event' ? { ...wire, changes: wire.changes.map(parseChange) } : wire;
}
