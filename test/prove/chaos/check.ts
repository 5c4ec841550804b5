/** Whether an answer shows all that it must. */
import { BIRTHS, isOutOfBand, keyOf } from './layout.js';
import type { Read } from './operations.js';
import type { Registers } from './registers.js';

export type Fault =
  /** Older than an acknowledged mutation. */
  | 'stale'
  /** Older than a write past the API was allowed to stay unseen. */
  | 'stale out of band'
  /** Newer than anything that was begun. */
  | 'impossible'
  /** Something that was never asked for, such as what another viewer sees. */
  | 'foreign'
  /** Something that must be there is not. */
  | 'missing';

export interface Finding {
  fault: Fault;
  key: number;
  wanted: number;
  got: number | null;
}

const TEXTS = /k(\d+)v(\d+);/g;
const COUNTS = /"slug":"(agent|template|workspace)-(\d+)",(?:"installations":\{)?"\w+Count":(\d+)/g;

const counterOf = { agent: keyOf.installs, template: keyOf.template, workspace: keyOf.workspace };

/** @param floors what had been acknowledged before the request was sent. */
export function findingsOf(body: string, read: Read, floors: Int32Array, registers: Registers): Finding[] {
  const findings: Finding[] = [];
  /** The newest that was seen of each. */
  const seen = new Map<number, number>();
  const see = (key: number, version: number) => {
    const wanted = floors[key] ?? 0;
    if (!read.keys.has(key)) findings.push({ fault: 'foreign', key, wanted, got: version });
    else if (version > registers.begun(key)) findings.push({ fault: 'impossible', key, wanted, got: version });
    // A list of births shows older ones beside the newest.
    else if (version < wanted && key !== BIRTHS) findings.push({ fault: staleness(key), key, wanted, got: version });
    seen.set(key, Math.max(version, seen.get(key) ?? 0));
  };
  for (const [, key, version] of body.matchAll(TEXTS)) see(Number(key), Number(version));
  for (const [, noun, index, count] of body.matchAll(COUNTS))
    see(counterOf[noun as keyof typeof counterOf](Number(index)), Number(count));

  for (const key of read.keys) {
    const wanted = floors[key] ?? 0;
    const got = seen.get(key) ?? null;
    if (got === null && (key !== BIRTHS || wanted > 0)) findings.push({ fault: 'missing', key, wanted, got });
    else if (got !== null && key === BIRTHS && got < wanted) findings.push({ fault: 'stale', key, wanted, got });
  }
  return findings;
}

const staleness = (key: number): Fault => (isOutOfBand(key) ? 'stale out of band' : 'stale');
