/** An answer that is sent as it was stored: its text is not made again. Yoga's result processors call `stringify` where there is one. */
import type { ExecutionResult } from 'graphql';
import { type Body, textOf } from '../cache/body.js';

interface WrittenResult extends ExecutionResult {
  stringify(): string;
}

/** `body`: the JSON of a result that has data and nothing else. */
export function written(body: Body): WrittenResult {
  const stringify = () => textOf(body);
  return {
    stringify,
    /** For whoever looks at it nevertheless. */
    get data() {
      return (JSON.parse(stringify()) as ExecutionResult).data ?? null;
    },
  };
}
