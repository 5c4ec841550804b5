/** What tells names apart that nobody may count through: letters and digits by chance. */
import { randomInt } from 'node:crypto';

export const RANDOM_SUFFIX_LENGTH = 6;

export const randomSuffix = (): string =>
  randomInt(36 ** RANDOM_SUFFIX_LENGTH)
    .toString(36)
    .padStart(RANDOM_SUFFIX_LENGTH, '0');
