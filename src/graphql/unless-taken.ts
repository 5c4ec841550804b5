/** What a violated unique constraint means to a client. Only the database knows of writers beside us, so it is the judge. */
import { conflict } from '../errors.js';
import { isTaken } from '../platform/database-errors.js';

/** @throws CONFLICT with `message` if what is being written is taken. */
export const unlessTaken = <T>(writing: Promise<T>, message: string): Promise<T> =>
  writing.catch((error: unknown) => {
    throw isTaken(error) ? conflict(message, error) : error;
  });
