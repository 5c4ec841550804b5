import { ConfigError } from '../config.js';

/** What whoever runs Larder must mend. The message says what and how. */
export class OperatorError extends Error {
  override name = 'OperatorError';
}

/** What to print of an error that ends the process: a sentence if it is the operator's to mend; all of it if it is ours. */
export const lastWords = (error: unknown): unknown =>
  error instanceof OperatorError || error instanceof ConfigError ? error.message : error;
