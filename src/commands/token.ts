/** npm run token: prints a bearer token. It needs no database, so it works while a server holds the embedded one. */
import { z } from 'zod';
import { readConfig } from '../config.js';
import { secretOf, signToken } from '../platform/auth.js';
import { OperatorError } from '../platform/operator-error.js';
import { runCommand } from './command.js';

const usage = `Prints a bearer token that the server of this AUTH_SECRET, or of this DATA_DIR, accepts.

  npm run token -- --user NAME [--role ADMIN] [--ttl 30d]

  --user NAME   whom it names (the claim sub). Who is not known yet becomes a user with their first request.
  --role ROLE   USER (default) or ADMIN
  --ttl TIME    how long it is good: a number of s, m, h or d (default: 30d)

  npm run token -- --user demo
  curl -H "Authorization: Bearer $(npm run --silent token -- --user demo)" …`;

const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 };

const ttl = z
  .string()
  .regex(/^[1-9]\d{0,8}[smhd]$/, 'write a number and s, m, h or d, such as 12h or 30d')
  .transform((text) => Number.parseInt(text, 10) * SECONDS[text.slice(-1) as keyof typeof SECONDS]);

await runCommand({
  usage,
  options: { user: { type: 'string' }, role: { type: 'string' }, ttl: { type: 'string' } },
  schema: z.object({
    user: z.string('is needed: the name of the user').trim().min(1, 'must not be empty').max(255),
    role: z
      .string()
      .toUpperCase()
      .pipe(z.enum(['USER', 'ADMIN'], 'must be USER or ADMIN'))
      .default('USER'),
    ttl: ttl.default(30 * SECONDS.d),
  }),
  async run({ user, role, ttl: ttlSeconds }) {
    const { auth } = readConfig();
    if (auth.keys.kind === 'jwks')
      throw new OperatorError(
        `Tokens are made by the issuer whose keys AUTH_JWKS_URL names (${auth.keys.url}): sign in there. There is no secret here to sign with.`,
      );
    console.log(await signToken(await secretOf(auth.keys), { user, role, ttlSeconds }, auth));
  },
});
