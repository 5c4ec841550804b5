/** What an import is asked for, with the same rules as inputs of the API. */
import { z } from 'zod';
import { address, line } from '../../graphql/inputs.js';
import { Chain, TokenStandard } from '../../platform/prisma/enums.js';

/** In capitals or not. */
const oneOf = <Name extends string>(names: Readonly<Record<Name, Name>>) =>
  z
    .string()
    .toUpperCase()
    .pipe(z.enum(names, `must be one of ${Object.keys(names).join(', ')}`));

export const importOptions = z.object({
  /** A file with a JSON object a line, or a folder with a file a token. */
  path: z.string(),
  address: z.string('is needed: the address of the contract').pipe(address),
  chain: oneOf(Chain).default('ETHEREUM'),
  /** Left out: the name that the collection has, or that of the file. */
  name: line(100).optional(),
  /** Left out: what the collection is, or ERC721. */
  standard: oneOf(TokenStandard).optional(),
  /** A CSV file. */
  owners: z.string().optional(),
  /** All or nothing. */
  strict: z.boolean().default(false),
});

export type ImportOptions = z.infer<typeof importOptions>;
