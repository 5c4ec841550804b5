import { z } from 'zod';
import type { Issue } from '../../errors.js';
import { type Agent, Prisma } from '../../platform/prisma/client.js';

export const price = z
  .instanceof(Prisma.Decimal)
  .refine(
    (price) => !price.isNegative() && price.lte(1_000_000) && price.decimalPlaces() <= 2,
    'must be between 0 and 1,000,000, with at most two decimals',
  );

/** FREE takes no price, PAID and SUBSCRIPTION need one, FREEMIUM may have one. */
export function priceIssues({ pricing, price }: Pick<Agent, 'pricing'> & { price?: Agent['price'] }): Issue[] {
  const path = ['input', 'price'];
  if (pricing === 'FREE' && price != null)
    return [{ path, message: 'FREE takes no price: send null, or another pricing' }];
  if ((pricing === 'PAID' || pricing === 'SUBSCRIPTION') && price == null)
    return [{ path, message: `${pricing} needs a price: send one, or another pricing` }];
  return [];
}
