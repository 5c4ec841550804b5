/** Where collections come from that are not here yet. Mutations reach it through their context; what lies behind it is put there by app.ts. */
import type { Chain, TokenStandard } from '../platform/prisma/client.js';

export interface ContractKey {
  chain: Chain;
  address: string;
}

/** What a contract says of itself. */
export interface Contract {
  name: string | null;
  symbol: string | null;
  description: string | null;
  imageUrl: string | null;
  standard: TokenStandard;
  /** How many tokens there are; null where nobody counts them. */
  total: number | null;
}

export interface CollectionSource {
  /** @throws ApiError: UNAVAILABLE if it cannot be asked now, BAD_USER_INPUT if there is no such contract of tokens. */
  contract(key: ContractKey): Promise<Contract>;
  /** There is a refresh to be done. */
  wake(): void;
}
