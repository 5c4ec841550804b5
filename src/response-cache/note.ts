/** What an entry tells of itself when it is found again. */
import { type Limits } from './limits.js';

export interface Note {
  /** The field or type that gave it its maxAge. */
  readonly setBy: string | null;
  /** The field, type or read of the viewer that made it PRIVATE; null if it is PUBLIC. */
  readonly privateBy: string | null;
}

export const noteOf = ({ maxAge, privateBy }: Limits, privateReason: string | null): Note => ({
  setBy: maxAge?.setBy ?? null,
  privateBy: privateBy ?? privateReason,
});

/** @returns the note of an entry. Entries are sealed: nobody but us has written them. */
export const readNote = (note: unknown): Note => note as Note;
