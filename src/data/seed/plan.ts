/** What is to be made: how much of each thing, between which days, and where chance comes from. */
import { Random } from './random.js';

export interface SeedOptions {
  /** 1 is about 40 collections with 8,000 tokens; 10 ten times that. */
  scale: number;
  /** Another seed, another marketplace; the same seed, the same rows. */
  seed: string;
  /** The last day of the marketplace. All it tells of happened in the two years before. */
  until: Date;
}

/**
 * `until` is a fixed day and not today, so that the same scale and seed make the same rows on any day: what a test or a
 * bug report says of them stays true.
 */
export const DEFAULTS: SeedOptions = { scale: 1, seed: '1', until: new Date('2026-11-01T00:00:00Z') };

export const DAY_MS = 86_400_000;

export interface Plan {
  users: number;
  wallets: number;
  collections: number;
  tokens: number;
  agents: number;
  templates: number;
  workspaces: number;
  /** When trade begins, a year before it ends. */
  from: Date;
  until: Date;
  /** Chance for one part of the marketplace. */
  random(part: string): Random;
  /** The ids from 1 to `count`, the most famous first. */
  ranking(part: string, count: number): number[];
}

export function createPlan({ scale, seed, until }: SeedOptions): Plan {
  const scaled = (count: number) => Math.round(count * scale);
  const random = (part: string) => new Random(seed, part);
  return {
    users: scaled(300),
    wallets: scaled(600),
    collections: scaled(40),
    tokens: scaled(8_000),
    agents: scaled(240),
    templates: scaled(180),
    workspaces: scaled(60),
    from: new Date(until.getTime() - 365 * DAY_MS),
    until,
    random,
    ranking: (part, count) => random(`ranking of ${part}`).shuffled(ids(count)),
  };
}

export const ids = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

export const daysAfter = (time: Date, days: number): Date => new Date(time.getTime() + days * DAY_MS);

/** Gives each name a slug; names that came before get a number. */
export function createSlugs(): (name: string) => { name: string; slug: string } {
  const uses = new Map<string, number>();
  return (wanted) => {
    const use = (uses.get(wanted) ?? 0) + 1;
    uses.set(wanted, use);
    const name = use === 1 ? wanted : `${wanted} ${use}`;
    return { name, slug: name.toLowerCase().replaceAll(' ', '-') };
  };
}

/** A host that the internet reserves for examples: nothing is ever fetched from it by accident. */
export const image = (path: string): string => `https://img.example.com/${path}`;
