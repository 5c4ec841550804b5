/** Takes the address that requests come to. */
import type { Server } from 'node:http';
import { OperatorError } from './operator-error.js';

interface Address {
  host: string;
  port: number;
}

/** Resolves with the port: a free one for 0. @throws OperatorError if the address cannot be had. */
export async function listen(server: Server, { host, port }: Address): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(explainListening(error, { host, port })));
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return typeof address === 'object' && address ? address.port : port;
}

export function explainListening(error: NodeJS.ErrnoException, { host, port }: Address): Error {
  const sentence = sentenceFor(error.code, host, port);
  return sentence === null ? error : new OperatorError(sentence, { cause: error });
}

function sentenceFor(code: string | undefined, host: string, port: number): string | null {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is in use: stop what listens there, or start with another PORT.`;
    case 'EACCES':
      return `This user may not listen on port ${port}: start with a PORT from 1024 up.`;
    case 'EADDRNOTAVAIL':
      return `${host} is no address of this machine: set HOST to one that it has, such as 127.0.0.1, or to 0.0.0.0 for all of them.`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The name ${host} is not known here: set HOST to an address of this machine, such as 127.0.0.1, or to 0.0.0.0 for all of them.`;
    default:
      return null;
  }
}
