/** Sends what it is given over a connection of its own, and reads the answers that come back as HTTP/1.1 (RFC 9112) says. */
import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

export interface Sent {
  /** What goes out in one piece each, one after the other. */
  pieces: readonly string[];
  /** Of the requests whose answers are waited for, in their order. */
  methods: readonly string[];
  /** More comes after these, which may be a request or not: it is given this long. Milliseconds. */
  graceMs: number;
}

export interface Answer {
  status: number;
  head: string;
  body: string;
}

export interface Exchange {
  answers: Answer[];
  /** All that came back, a character for each byte. */
  text: string;
  /** What is wrong with the connection itself; null if nothing is. */
  fault: 'no answer' | 'refused' | 'kept open' | null;
}

/** An answer comes within this, and so does the end of a connection whose client is done. Milliseconds. */
const ANSWER_MS = 10_000;

export async function exchange(port: number, { pieces, methods, graceMs }: Sent): Promise<Exchange> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
  let text = '';
  socket.on('data', (data: Buffer) => (text += data.toString('latin1')));
  // Who is told that a request is wrong may be cut off while it still sends.
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.once('end', () => socket.end());
  if (!(await connected(socket))) return { answers: [], text, fault: 'refused' };

  for (const piece of pieces) {
    if (socket.closed) break;
    socket.write(piece, 'latin1');
    if (pieces.length > 1) await wait(1);
  }
  const deadline = performance.now() + ANSWER_MS;
  while (!socket.closed && answersIn(text, methods).length < methods.length && performance.now() < deadline)
    await Promise.race([once(socket, 'data').catch(() => undefined), closed, wait(ANSWER_MS)]);
  const answers = answersIn(text, methods);
  if (!socket.closed && answers.length < methods.length) {
    socket.destroy();
    return { answers, text, fault: 'no answer' };
  }
  if (graceMs > 0) await Promise.race([closed, wait(graceMs)]);
  socket.end();
  await Promise.race([closed, wait(ANSWER_MS)]);
  const fault = socket.closed ? null : 'kept open';
  socket.destroy();
  return { answers: answersIn(text, methods), text, fault };
}

async function connected(socket: Socket): Promise<boolean> {
  return await Promise.race([
    once(socket, 'connect').then(
      () => true,
      () => false,
    ),
    once(socket, 'close').then(
      () => false,
      () => false,
    ),
  ]);
}

/** @param methods of the requests: without them the end of an answer is not known. Those beyond are taken to be no HEAD. */
export function answersIn(text: string, methods: readonly string[]): Answer[] {
  const answers: Answer[] = [];
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\r\n\r\n', at);
    if (end < 0) break;
    const head = text.slice(at, end + 2);
    const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec(head) ?? [];
    if (status === undefined) break;
    const isEmpty = methods[answers.length] === 'HEAD' || /^(1..|204|304)$/.test(status);
    const body = isEmpty ? { text: '', next: end + 4 } : bodyAt(text, head, end + 4);
    if (body === null) break;
    // One that announces another is none itself.
    if (!status.startsWith('1')) answers.push({ status: Number(status), head, body: body.text });
    at = body.next;
  }
  return answers;
}

/** Null: it is not there as a whole. */
function bodyAt(text: string, head: string, from: number): { text: string; next: number } | null {
  if (/\r\ntransfer-encoding: chunked\r\n/i.test(head)) return chunksAt(text, from);
  const [, length = '0'] = /\r\ncontent-length: (\d+)\r\n/i.exec(head) ?? [];
  const next = from + Number(length);
  return next > text.length ? null : { text: text.slice(from, next), next };
}

function chunksAt(text: string, from: number): { text: string; next: number } | null {
  let whole = '';
  for (let at = from; ;) {
    const [line, size] = /^([0-9a-f]+)\r\n/i.exec(text.slice(at, at + 12)) ?? [];
    if (line === undefined || size === undefined) return null;
    const begin = at + line.length;
    const next = begin + parseInt(size, 16) + 2;
    if (next > text.length) return null;
    whole += text.slice(begin, next - 2);
    if (parseInt(size, 16) === 0) return { text: whole, next };
    at = next;
  }
}
