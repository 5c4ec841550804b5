/** Zipf's law: of the things in a ranking, the one in place k gets a share proportional to 1 / k. So are fame and wealth spread. */
import type { Random } from './random.js';

export interface Zipf {
  /** A place from 0, the first being the likeliest. */
  draw(random: Random): number;
  /** How many of `total` fall to a place. */
  share(place: number, total: number): number;
}

export function createZipf(places: number): Zipf {
  const upTo = new Float64Array(places);
  let sum = 0;
  for (let place = 0; place < places; place += 1) upTo[place] = sum += 1 / (place + 1);
  return {
    draw(random) {
      const wanted = random.fraction() * sum;
      let low = 0;
      let high = places - 1;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (upTo[middle]! > wanted) high = middle;
        else low = middle + 1;
      }
      return low;
    },
    share: (place, total) => Math.round(total / (place + 1) / sum),
  };
}
