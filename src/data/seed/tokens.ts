/** Which traits the tokens of a collection have: some values on many tokens, some on few. */
import type { Tables } from '../insert-rows.js';
import type { Random } from './random.js';
import type { Kind } from './words/themes.js';
import { TRAITS } from './words/traits.js';
import { createZipf } from './zipf.js';

interface Drawn {
  traits: Tables['Trait'][];
  nftTraits: Tables['NftTrait'][];
}

export function drawTraits(
  kind: Kind,
  nftIds: readonly number[],
  { collectionId, lastTrait }: { collectionId: number; lastTrait: number },
  random: Random,
): Drawn {
  const drawn: Drawn = { traits: [], nftTraits: [] };
  for (const { name, min, max, values } of TRAITS[kind]) {
    const byFrequency = random.shuffled(values);
    const zipf = createZipf(values.length);
    const traitIds = new Map<string, number>();
    for (const nftId of nftIds) {
      // Of two draws the lower: most tokens have few values of a type that allows several.
      const count = Math.min(random.int(min, max), random.int(min, max));
      for (const value of random.distinct(count, values.length, () => byFrequency[zipf.draw(random)]!)) {
        const known = traitIds.get(value);
        const traitId = known ?? lastTrait + drawn.traits.length + 1;
        if (known === undefined) {
          traitIds.set(value, traitId);
          drawn.traits.push({ id: traitId, collectionId, traitType: name, value });
        }
        drawn.nftTraits.push({ nftId, traitId });
      }
    }
  }
  return drawn;
}
