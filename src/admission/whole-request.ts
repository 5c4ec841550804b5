/** Until somebody has said all they want, nothing is begun for them: who is slow holds 8 KB of memory so, and held 28 KB where the server had begun (in chunks; 2026-11-30). */
import type { IncomingMessage } from 'node:http';

/**
 * Resolves when all of a request is there, and still to be read; sooner where it is longer than `maxBytes`, for whoever reads it to refuse. Never, if the client
 * goes first.
 */
export async function wholeRequest(request: IncomingMessage, maxBytes: number): Promise<void> {
  if (request.complete || !hasContent(request) || Number(request.headers['content-length']) > maxBytes) return;
  const chunks: Buffer[] = [];
  let bytes = 0;
  await new Promise<void>((resolve) => {
    const take = (): void => {
      // Not once more when nothing is left: the stream would end, and take nothing back.
      while (request.readableLength > 0) {
        const chunk = request.read() as Buffer;
        chunks.push(chunk);
        bytes += chunk.length;
      }
      if (!request.complete && bytes <= maxBytes) return;
      request.off('readable', take);
      if (bytes > 0) request.unshift(Buffer.concat(chunks));
      resolve();
    };
    request.on('readable', take);
  });
}

/** RFC 9112, 6.3: by these, whatever the method. */
const hasContent = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0;
