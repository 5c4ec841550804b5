/** Few words, so that what is searched for is found, and what is written is often what was there before. */
export const WORDS = ['amber', 'basil', 'cedar', 'dusk', 'ember', 'fjord', 'garnet', 'heron', 'iris', 'jade'] as const;

export const DAYS = ['2026-01-05', '2026-03-09', '2026-06-21', '2026-09-02', '2026-10-30'] as const;

/** An address for each number. */
export const addressOf = (number: number): string => `0x${number.toString(16).padStart(40, '0')}`;
