/**
 * Hears what is published on some channels, over a connection of its own that is made again as often as needed. Whether it hears is
 * not believed from the state of the connection (that of a server that hangs looks well) but from a message of its own that
 * goes round again and again.
 */
import type { Redis } from 'ioredis';
import type { Clock } from '../clock.js';
import { anyServer, type RedisConnection } from './connection.js';

/** So often a message goes round; it has so long for that. Milliseconds. */
export const ROUND_MS = 250;
/** After so many rounds in which nothing came back, another connection (in a cluster: to another server) is tried. */
const PATIENCE = 4;

interface EarOptions {
  connection: RedisConnection;
  clock: Clock;
  channels: readonly string[];
  receive: (frame: Buffer) => void;
  /** Publishes something on one of the channels that makes `receive` call `heard`. */
  sendRound: () => void;
}

export class Ear {
  readonly #options: EarOptions;
  #server: Redis | null = null;
  #redis: Redis | null = null;
  #silentRounds = 0;
  #isHearing = false;
  #cancel: () => void;

  constructor(options: EarOptions) {
    this.#options = options;
    this.#cancel = options.clock.after(ROUND_MS, this.#nextRound);
    this.#open();
  }

  get isHearing(): boolean {
    return this.#isHearing;
  }

  /** A message of our own came back. */
  heard(): void {
    this.#isHearing = true;
    this.#silentRounds = 0;
  }

  close(): void {
    this.#cancel();
    this.#drop();
  }

  #nextRound = (): void => {
    this.#cancel = this.#options.clock.after(ROUND_MS, this.#nextRound);
    this.#silentRounds += 1;
    if (this.#silentRounds > 1) this.#isHearing = false;
    if (this.#silentRounds > PATIENCE) this.#drop();
    if (this.#redis) this.#options.sendRound();
    else this.#open();
  };

  #open(): void {
    this.#server = anyServer(this.#options.connection, this.#server);
    if (!this.#server) return;
    const redis = this.#server.duplicate({ lazyConnect: true, retryStrategy: null });
    this.#redis = redis;
    this.#silentRounds = 0;
    const ended = () => {
      if (this.#redis === redis) this.#drop();
    };
    redis.on('error', () => undefined).once('end', ended);
    redis.on(
      'messageBuffer',
      (_channel: Buffer, frame: Buffer) => this.#redis === redis && this.#options.receive(frame),
    );
    this.#subscribe(redis).catch(ended);
  }

  async #subscribe(redis: Redis): Promise<void> {
    await redis.connect();
    await redis.subscribe(...this.#options.channels);
    if (this.#redis === redis) this.#options.sendRound();
  }

  /** At once, without waiting for a server that may not even say goodbye. */
  #drop(): void {
    this.#redis?.disconnect();
    this.#redis = null;
    this.#isHearing = false;
  }
}
