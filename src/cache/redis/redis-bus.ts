/**
 * Messages over Redis' PUBLISH, which reaches every server of a cluster too. Each is preceded by 16 bytes that name the bus it comes from,
 * so that a bus knows its own: those it drops, and learns from them that the way is free.
 */
import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Bus } from '../bus.js';
import type { Clock } from '../clock.js';
import { within } from '../time-limit.js';
import { anyServer, type RedisConnection } from './connection.js';
import { Ear, ROUND_MS } from './ear.js';

const EVERYONE = 'larder:all';
const channelOf = (member: string) => `larder:to:${member}`;

const ORIGIN_BYTES = 16;
/** A message that Redis has not taken after so long counts as lost. Milliseconds. */
const LIMIT_MS = 50;
/** So that nothing piles up before a server that hangs. Milliseconds. */
const MUTE_MS = ROUND_MS / 2;

const NOTHING = new Uint8Array();

/**
 * `connection` is shared; hearing takes one more, for as long as somebody subscribes. While a connection is
 * dead or hangs, `isUp` is false (within half a second), messages are lost, and the way is tried again and again.
 */
export function createRedisBus({ connection, clock }: { connection: RedisConnection; clock: Clock }): Bus {
  const self = randomBytes(ORIGIN_BYTES);
  const ears = new Set<Ear>();
  /** One server, and another after a loss: in a cluster every message could meet the one that hangs otherwise. */
  let mouth: Redis | null = null;
  /** By the monotonic clock; null while messages are taken. */
  let mutedUntil: number | null = null;

  function say(channel: string, message: Uint8Array): void {
    if (isMuted()) return;
    if (mouth?.status !== 'ready') mouth = anyServer(connection, mouth);
    const server = mouth;
    const sent =
      server?.publish(channel, Buffer.concat([self, message])) ?? Promise.reject(new Error('No server is known.'));
    within(clock, LIMIT_MS, sent).then(taken, () => lost(server));
  }

  /** After a loss one message goes out every MUTE_MS, until one is taken. */
  function isMuted(): boolean {
    if (mutedUntil === null) return false;
    const now = clock.monotonicMs();
    if (now < mutedUntil) return true;
    mutedUntil = now + MUTE_MS;
    return false;
  }

  function taken(): void {
    mutedUntil = null;
  }

  function lost(server: Redis | null): void {
    mutedUntil = clock.monotonicMs() + MUTE_MS;
    if (mouth === server) mouth = anyServer(connection, server);
  }

  return {
    publish: (message) => say(EVERYONE, message),
    send: (member, message) => say(channelOf(member), message),
    subscribe(member, receive) {
      const ear = new Ear({
        connection,
        clock,
        channels: [EVERYONE, channelOf(member)],
        sendRound: () => say(channelOf(member), NOTHING),
        receive(frame) {
          if (frame.byteLength < ORIGIN_BYTES) return;
          if (self.equals(frame.subarray(0, ORIGIN_BYTES))) {
            ear.heard();
            return;
          }
          receive(frame.subarray(ORIGIN_BYTES));
        },
      });
      ears.add(ear);
      return () => {
        ears.delete(ear);
        ear.close();
      };
    },
    get isUp() {
      return mutedUntil === null && ears.size > 0 && [...ears].every(({ isHearing }) => isHearing);
    },
  };
}
