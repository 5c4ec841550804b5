/** The ways in which a client can go away before it has what it asked for: where it stands when it goes, and how it goes. */
import { type Socket, connect } from 'node:net';

/** Where it stands. */
export const STAGES = [
  'connected',
  'in the head',
  'in the body',
  'asked',
  'reading the answer',
  'reading, with a second request sent',
  'reading, in the head of a second request',
  'asked a second time',
] as const;

/** `closes`: reads nothing more, and says so if it has to. `resets`: at once. `ends`: says that nothing more will come, and reads what still does. */
export const MANNERS = ['closes', 'resets', 'ends'] as const;

export type Stage = (typeof STAGES)[number];
export type Manner = (typeof MANNERS)[number];

export interface Departure {
  port: number;
  stage: Stage;
  manner: Manner;
  body: string;
}

/** A connection that somebody has said they are done with is closed by the server within this. Milliseconds. */
const GONE_MS = 15_000;

/** Goes away once. @returns whether the connection had to be given up, since the server did not close it. */
export function depart({ port, stage, manner, body }: Departure): Promise<'gone' | 'kept'> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    const late = setTimeout(() => {
      socket.destroy();
      resolve('kept');
    }, GONE_MS);
    // A reset that crosses ours is no fault of anybody's.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearTimeout(late);
      resolve('gone');
    });
    const go = () => leave(socket, manner);
    socket.once('end', () => socket.end());
    socket.once('connect', () => act(socket, stage, requestOf(body), go));
  });
}

function act(socket: Socket, stage: Stage, { head, body }: Request, go: () => void): void {
  const half = (text: string) => text.slice(0, text.length >> 1);
  const onAnswer = (then: () => void) => socket.once('data', then);
  switch (stage) {
    case 'connected':
      go();
      return;
    case 'in the head':
      socket.write(half(head), go);
      return;
    case 'in the body':
      socket.write(head + half(body), go);
      return;
    case 'asked':
      socket.write(head + body, go);
      return;
    case 'reading the answer':
      onAnswer(go);
      socket.write(head + body);
      return;
    case 'reading, with a second request sent':
      onAnswer(go);
      socket.write(head + body + head + body);
      return;
    case 'reading, in the head of a second request':
      onAnswer(go);
      socket.write(head + body + half(head));
      return;
    case 'asked a second time':
      onAnswer(() => socket.write(head + body, go));
      socket.write(head + body);
  }
}

function leave(socket: Socket, manner: Manner): void {
  switch (manner) {
    case 'closes':
      socket.destroy();
      return;
    case 'resets':
      socket.resetAndDestroy();
      return;
    case 'ends':
      socket.end();
      socket.resume();
  }
}

interface Request {
  head: string;
  body: string;
}

const requestOf = (body: string): Request => ({
  head: `POST /graphql HTTP/1.1\r\nHost: larder\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
  body,
});
