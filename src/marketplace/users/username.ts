import { z } from 'zod';

export const username = z
  .string()
  .regex(/^[a-z][a-z0-9-]{2,29}$/, 'write 3 to 30 of a to z, 0 to 9 and the hyphen, starting with a letter');
