/** What a server takes of memory while time passes: as the operating system sees it, and as it says itself. */
import { residentBytes } from '../fleet/process-figures.js';

export interface Sample {
  /** Seconds from the first. */
  at: number;
  rssBytes: number;
  /** Of its heap, as it says: with what nobody has collected yet. */
  heapBytes: number;
  cacheBytes: number;
  cacheEntries: number;
  /** Hits that the server has executed afresh by itself: how many were the same, and how many were wrong. */
  checked: { same: number; wrong: number };
}

export const METRICS_TOKEN = 'the token of whoever soaks';

export async function sample(server: { url: string; pid: number | undefined }, at: number): Promise<Sample> {
  const response = await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } });
  const text = await response.text();
  const valueOf = (name: string): number => {
    const value = new RegExp(`^${name} ([\\d.e+]+)$`, 'm').exec(text)?.[1];
    if (value === undefined) throw new Error(`The metrics do not tell ${name}: ${response.status}.`);
    return Number(value);
  };
  return {
    at,
    rssBytes: residentBytes(server.pid!),
    heapBytes: valueOf('nodejs_heap_size_used_bytes'),
    cacheBytes: valueOf('larder_memory_bytes'),
    cacheEntries: valueOf('larder_memory_entries'),
    checked: {
      same: valueOf('larder_checks_total{verdict="same"}'),
      wrong: valueOf('larder_checks_total{verdict="mismatch"}'),
    },
  };
}
