/** Sends bytes as they are, and takes the bodies of the answers from what comes back. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import type { Listening } from './listen.js';

/** @param pieces each arrives by itself. @returns the contents of so many answers, in their order; all must have a Content-Length. */
export async function overSocket(server: Listening, pieces: readonly string[], answers: number): Promise<string[]> {
  const { hostname, port } = new URL(server.url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  let received: Buffer = Buffer.alloc(0);
  const bodies: string[] = [];
  const done = new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`The connection was closed after ${bodies.length} answers.`)));
    socket.on('data', (data) => {
      received = Buffer.concat([received, data]);
      for (let answer = take(received); answer; answer = take(received)) {
        bodies.push(answer.body);
        received = answer.rest;
      }
      if (bodies.length >= answers) resolve();
    });
  });
  await once(socket, 'connect');
  for (const piece of pieces) {
    await new Promise<void>((resolve) => socket.write(piece, () => resolve()));
    for (let turns = 0; turns < 20; turns += 1) await turn();
  }
  await done;
  socket.removeAllListeners('close').destroy();
  return bodies;
}

function take(received: Buffer): { body: string; rest: Buffer } | null {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const [, length = '0'] = /\r\ncontent-length: (\d+)/i.exec(received.toString('latin1', 0, end + 2)) ?? [];
  const from = end + 4;
  if (received.length < from + Number(length)) return null;
  return {
    body: received.toString('utf8', from, from + Number(length)),
    rest: received.subarray(from + Number(length)),
  };
}
