/** What of a text can be looked up in names. The conditions are chosen so that their index finds few rows that do not meet them: those cost as much as the others. */
import { Prisma } from '../../platform/prisma/client.js';

/** In names it separates words, as far as the index can be told so. */
const BETWEEN = '[ !-/:-@[-`{-~]';

/** Letters with their marks, and digits, side by side. None: nothing can be compared. */
export const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{Nd}][\p{L}\p{M}\p{Nd}]*/gu) ?? [];

/**
 * True for names that have all words in them: the first one anywhere, for a text may begin within a word, the others at the beginning of a word. One of two letters
 * is looked up there too, and a single letter must be a word.
 */
export function hasWords(name: Prisma.Sql, words: readonly string[]): Prisma.Sql {
  const conditions = words.map((word, i) => {
    const { length } = Array.from(word);
    if (length === 1) return Prisma.sql`${word} <% ${name}`;
    return i === 0 && length > 2
      ? Prisma.sql`${name} ILIKE ${containing(word)}`
      : Prisma.sql`${name} ~* ${beginning(word)}`;
  });
  return Prisma.sql`(${Prisma.join(conditions, ' AND ')})`;
}

/** A pattern for ILIKE. */
export const containing = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;

/** Regular expressions of which a name that is like the words meets one at least: two letters at the beginning of a word, or three anywhere. */
export function piecesOf(words: readonly string[]): string[] {
  const pieces = words.flatMap((word) => {
    const letters = Array.from(word);
    if (letters.length === 1) return [];
    return [
      beginning(letters.slice(0, 2).join('')),
      ...letters.slice(2).map((_, i) => letters.slice(i, i + 3).join('')),
    ];
  });
  return [...new Set(pieces)];
}

const beginning = (word: string): string => `(^|${BETWEEN})${word}`;
