/** What every bus promises: little. One that loses, doubles and reorders what it carries keeps it too. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bus } from '../../src/cache/bus.js';

export interface BusUnderTest {
  /** The bus of one more instance. */
  connect: () => Bus;
  close: () => Promise<void>;
}

/** Somebody with a bus who keeps what he hears. */
class Listener {
  readonly heard: string[] = [];
  readonly bus: Bus;
  readonly member: string;
  readonly leave: () => void;

  constructor(bus: Bus, member: string) {
    this.bus = bus;
    this.member = member;
    this.leave = bus.subscribe(member, (message) => this.heard.push(hex(message)));
  }

  hears = (message: Uint8Array): boolean => this.heard.includes(hex(message));
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export function busContract(name: string, make: () => Promise<BusUnderTest>): void {
  describe(`a bus: ${name}`, () => {
    let under: BusUnderTest;
    let [ada, bob, eve]: Listener[] = [];
    let messages = 0;
    const newMessage = () => Uint8Array.from({ length: 100 }, (_, n) => (n === 0 ? (messages += 1) : n * 7));

    /** Says it again until it is heard: any of them may be lost. */
    const until = (say: () => void, heard: () => boolean) =>
      expect
        .poll(
          () => {
            say();
            return heard();
          },
          { interval: 5, timeout: 5_000 },
        )
        .toBe(true);

    const join = (member: string) => new Listener(under.connect(), member);

    beforeAll(async () => {
      under = await make();
      [ada, bob, eve] = ['ada', 'bob', 'eve'].map(join);
    });
    afterAll(async () => {
      [ada, bob, eve].forEach((listener) => listener?.leave());
      await under.close();
    });

    it('is up soon after somebody listens', async () => {
      await expect.poll(() => [ada, bob, eve].every((listener) => listener!.bus.isUp)).toBe(true);
    });

    it('carries what is published to everyone but its publisher', async () => {
      const message = newMessage();
      await until(
        () => ada!.bus.publish(message),
        () => bob!.hears(message) && eve!.hears(message),
      );
      expect(ada!.hears(message)).toBe(false);
    });

    it('carries what is sent to one instance to that one alone', async () => {
      const [secret, afterwards] = [newMessage(), newMessage()];
      await until(
        () => ada!.bus.send('bob', secret),
        () => bob!.hears(secret),
      );
      await until(
        () => ada!.bus.publish(afterwards),
        () => eve!.hears(afterwards),
      );
      expect([ada!.hears(secret), eve!.hears(secret)]).toEqual([false, false]);
    });

    it.each([
      ['every byte', Uint8Array.from({ length: 256 }, (_, byte) => byte)],
      ['no byte', new Uint8Array()],
      ['64 kilobytes', new Uint8Array(64 * 1024).fill(13)],
      ['a window on more bytes', new Uint8Array([1, 2, 3, 4]).subarray(1, 3)],
    ])('changes nothing of what it carries: %s', async (_what, message) => {
      await until(
        () => bob!.bus.publish(message),
        () => ada!.hears(message),
      );
    });

    it('carries what was published, not what became of it', async () => {
      const message = newMessage();
      const original = message.slice();
      await until(
        () => {
          message.set(original);
          ada!.bus.publish(message);
          message.fill(0);
        },
        () => bob!.hears(original),
      );
    });

    it('lets who left hear nothing more, and who came later hear all that comes', async () => {
      const late = join('late');
      const [before, after] = [newMessage(), newMessage()];
      await until(
        () => ada!.bus.publish(before),
        () => late.hears(before),
      );
      late.leave();
      const count = late.heard.length;
      await until(
        () => ada!.bus.publish(after),
        () => bob!.hears(after),
      );
      expect(late.heard.length).toBe(count);
      expect(late.bus.isUp).toBe(false);
    });

    it('takes messages from who does not listen and for who is not there', async () => {
      const mute = under.connect();
      const message = newMessage();
      mute.send('nobody', message);
      await until(
        () => mute.publish(message),
        () => bob!.hears(message),
      );
    });

    it('lets an instance come back under another name on the bus that it had', async () => {
      const first = join('first');
      first.leave();
      const second = new Listener(first.bus, 'second');
      const [forFirst, forSecond] = [newMessage(), newMessage()];
      await until(
        () => {
          ada!.bus.send('first', forFirst);
          ada!.bus.send('second', forSecond);
        },
        () => second.hears(forSecond),
      );
      expect(second.hears(forFirst)).toBe(false);
      second.leave();
    });
  });
}
