/** The process of the slow clients: what it does besides must not be counted as the server's slowness. Speaks with its parent over IPC, and ends with it. */
import { type Socket, connect } from 'node:net';
import { once } from 'node:events';
import { KINDS, type KindName } from './kinds.js';

/** Each says something so often, and not all at the same time. Milliseconds. */
const EVERY_MS = 1_000;
/** Connections that are made at a time: more than a server's backlog are refused. */
const AT_ONCE = 50;

export type ToDribblers = { open: { port: number; count: number; kinds: readonly KindName[] } } | { close: true };

export interface Cut {
  kind: KindName;
  /** When the server closed it, from when it was connected; null if it has not. Milliseconds. */
  afterMs: number | null;
}

export type FromDribblers = { opened: true } | { cuts: Cut[] } | { closed: Cut[] };

interface Dribbler {
  cut: Cut;
  socket: Socket;
}

let dribblers: Dribbler[] = [];
const tell = (message: FromDribblers): void => void process.send?.(message);

async function open(port: number, kind: KindName): Promise<Dribbler> {
  const { begins, goesOn } = KINDS[kind];
  const socket = connect({ port, host: '127.0.0.1', noDelay: true }).on('error', () => undefined);
  const cut: Cut = { kind, afterMs: null };
  await once(socket, 'connect');
  const connectedAt = performance.now();
  // Whatever is said of it is not looked at; but an end that nobody reads is not seen.
  socket.resume();
  if (begins !== '') socket.write(begins);
  let speaking = setTimeout(speak, EVERY_MS * Math.random());
  socket.once('close', () => {
    clearTimeout(speaking);
    cut.afterMs = performance.now() - connectedAt;
  });
  return { cut, socket };

  function speak(): void {
    if (goesOn !== '') socket.write(goesOn);
    speaking = setTimeout(speak, EVERY_MS);
  }
}

async function openAll({ port, count, kinds }: { port: number; count: number; kinds: readonly KindName[] }) {
  for (let from = 0; from < count; from += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, index) =>
      open(port, kinds[(from + index) % kinds.length]!),
    );
    dribblers.push(...(await Promise.all(some)));
  }
  tell({ opened: true });
}

process.on('message', (message: ToDribblers) => {
  if ('open' in message) {
    void openAll(message.open);
    return;
  }
  // As they are before we go ourselves.
  tell({ closed: dribblers.map(({ cut }) => ({ ...cut })) });
  for (const { socket } of dribblers) socket.destroy();
  dribblers = [];
});
setInterval(() => tell({ cuts: dribblers.map(({ cut }) => cut) }), 500).unref();
process.on('disconnect', () => process.exit());
