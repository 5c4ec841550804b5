import { describe, expect, test } from 'vitest';
import { settle } from '../../src/data/import/settle.js';

describe('holders become what they should be', () => {
  test('by a mint, where nobody holds the token', () => {
    expect(settle([{ walletId: 1, missing: 1 }])).toEqual([{ fromId: null, toId: 1, quantity: 1 }]);
  });

  test('by a transfer, where another holds it', () => {
    const differences = [
      { walletId: 1, missing: -1 },
      { walletId: 2, missing: 1 },
    ];
    expect(settle(differences)).toEqual([{ fromId: 1, toId: 2, quantity: 1 }]);
  });

  test('by burning what nobody should hold', () => {
    expect(settle([{ walletId: 1, missing: -3 }])).toEqual([{ fromId: 1, toId: null, quantity: 3 }]);
  });

  test('by as few transfers as it takes, and mints for the rest', () => {
    const differences = [
      { walletId: 1, missing: -3 },
      { walletId: 2, missing: 2 },
      { walletId: 3, missing: 4 },
      { walletId: 4, missing: -1 },
    ];
    expect(settle(differences)).toEqual([
      { fromId: 1, toId: 2, quantity: 2 },
      { fromId: 1, toId: 3, quantity: 1 },
      { fromId: 4, toId: 3, quantity: 1 },
      { fromId: null, toId: 3, quantity: 2 },
    ]);
  });

  test('by nothing, where they are', () => expect(settle([])).toEqual([]));
});
