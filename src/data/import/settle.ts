/** The transfers that bring the holders of a token from what they are to what they should be. */

/** How much a wallet holds too little (more than 0) or too much (less than 0). */
export interface Difference {
  walletId: number;
  missing: number;
}

export interface Settlement {
  fromId: number | null;
  toId: number | null;
  quantity: number;
}

/** Those who hold too much give to those who hold too little. What nobody gives is minted, what nobody takes is burnt. */
export function settle(differences: readonly Difference[]): Settlement[] {
  const givers = differences.filter(({ missing }) => missing < 0).map((giver) => ({ ...giver, left: -giver.missing }));
  const settlements: Settlement[] = [];
  let first = 0;
  for (const { walletId: toId, missing } of differences.filter(({ missing }) => missing > 0)) {
    let wanted = missing;
    while (wanted > 0 && first < givers.length) {
      const giver = givers[first]!;
      const quantity = Math.min(wanted, giver.left);
      settlements.push({ fromId: giver.walletId, toId, quantity });
      giver.left -= quantity;
      wanted -= quantity;
      // Those that have given all are not looked at again: there may be a hundred thousand of either.
      if (giver.left === 0) first += 1;
    }
    if (wanted > 0) settlements.push({ fromId: null, toId, quantity: wanted });
  }
  const burnt = givers.filter(({ left }) => left > 0);
  return [...settlements, ...burnt.map(({ walletId, left }) => ({ fromId: walletId, toId: null, quantity: left }))];
}
