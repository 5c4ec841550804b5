/** The lines of a file, one at a time, however long the file. A line that is too long to be one costs no memory either. */
import { type Stats, createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { OperatorError } from '../../platform/operator-error.js';

/** Metadata with a picture inside is some ten kilobytes. */
export const MAX_RECORD_BYTES = 1_000_000;
export const TOO_LONG = `is longer than ${MAX_RECORD_BYTES.toLocaleString('en')} bytes`;

const NEWLINE = 0x0a;

/** @throws OperatorError if there is nothing at the path, or we may not see it. */
export async function statInput(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    throw new OperatorError(`${path} cannot be read (${error instanceof Error ? error.message : String(error)}).`);
  }
}

export interface Line {
  /** From 1. */
  number: number;
  /** Null if the line is too long. */
  bytes: Buffer | null;
  /** How many bytes of the file have been read up to its end. */
  position: number;
}

export async function* readLines(path: string): AsyncGenerator<Line> {
  let parts: Buffer[] = [];
  let length = 0;
  let number = 0;
  let position = 0;
  const take = (part: Buffer): void => {
    length += part.length;
    position += part.length;
    if (length <= MAX_RECORD_BYTES) parts.push(part);
    else parts = [];
  };
  const finish = (): Line => {
    const bytes = length <= MAX_RECORD_BYTES ? Buffer.concat(parts) : null;
    parts = [];
    length = 0;
    return { number: (number += 1), bytes, position };
  };

  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      take(chunk.subarray(start, end));
      position += 1;
      yield finish();
      start = end + 1;
    }
    take(chunk.subarray(start));
  }
  if (length > 0) yield finish();
}
