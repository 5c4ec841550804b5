/** What a parsed document takes of the heap. Any stranger can send one, so whatever keeps them counts their bytes and not their number. */
import type { DocumentNode } from 'graphql';

/**
 * A token, with the node and the place that are made of it. Measured on 2026-11-30 as the growth of the heap after the collector has run, over 60 documents of 2,000 tokens each (Node 20.20,
 * graphql 16.15): fields 484, values of an enum 431, operations 405, directives 376, selections within selections 320, types of fields 310, variables 281, arguments 248, items of lists 178 to 265.
 * A query of 38 tokens, as clients write them: 473. Comments count as well, though the parser does not limit them: 90 to 115 each, which came to 4.3 MB for 96 KB of them.
 */
const TOKEN_BYTES = 500;
/** What is worked out of it beside: its plan 1.8 to 3.9 KB, its cost 0.2 to 2 KB, its digest. (What is compiled of it: src/graphql/execution/compiled-room.ts.) */
const DOCUMENT_BYTES = 4_000;
/** One that is not all of Latin-1 takes two for each character. */
const CHARACTER_BYTES = 2;

/** `document` was parsed with its places. */
export function bytesOfDocument({ loc }: DocumentNode): number {
  let tokens = 0;
  // The places hold the list of all tokens, comments among them.
  for (let token = loc?.startToken ?? null; token !== null; token = token.next) tokens += 1;
  return DOCUMENT_BYTES + TOKEN_BYTES * tokens + CHARACTER_BYTES * (loc?.source.body.length ?? 0);
}
