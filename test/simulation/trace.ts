/** What happened, as a number: two runs that agree in it went the same way. (FNV-1a, 53 bits kept of two lanes.) */
export interface Trace {
  note(number: number): void;
  /** Told for people, when a seed is replayed. */
  tell(line: () => string): void;
  readonly hash: string;
}

const PRIME = 0x01000193;

export function createTrace(tell: ((line: string) => void) | null): Trace {
  let low = 0x811c9dc5;
  let high = 0x12345678;
  return {
    note(number) {
      low = Math.imul(low ^ (number | 0), PRIME);
      high = Math.imul(high ^ (low >>> 15), PRIME);
    },
    tell(line) {
      if (tell) tell(line());
    },
    get hash() {
      return (low >>> 0).toString(16).padStart(8, '0') + (high >>> 0).toString(16).padStart(8, '0');
    },
  };
}
