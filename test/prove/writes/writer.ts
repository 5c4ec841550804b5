/** Does what writes say, and tells whether it was done. */
import pg from 'pg';
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { createSiweMessage } from 'viem/siwe';
import { type Ask, type Tokens, type Viewer, askOf } from '../asking.js';
import { PEOPLE } from '../data/small-marketplace.js';
import type { TestApp } from '../../support/app.js';
import type { LinkWrite, MutationWrite, SqlWrite, Write } from './write.js';

/** `refused`: by a rule of the API or of the database. `failed`: by nothing that anyone foresaw. In both nothing was written. */
export type Outcome = 'done' | 'refused' | 'failed' | 'left open';

/**
 * Whoever holds a token keeps an account, or the next question of theirs would make one: a write that nobody drew.
 * The username is one that no other write takes.
 */
const KEEP_ACCOUNTS = `INSERT INTO "User" (subject, username, "displayName")
  SELECT s, 'the-' || s, s FROM unnest(ARRAY[${PEOPLE.map((name) => `'${name}'`).join(', ')}]) AS s
  WHERE NOT EXISTS (SELECT FROM "User" WHERE subject = s) ON CONFLICT DO NOTHING`;

/** Longer than any statement here takes. A write that waits for an open transaction gives up then. */
const LOCK_TIMEOUT = `SET LOCAL lock_timeout = '150ms'`;
/** A mutation that has no answer after this waits for the open transaction, which is then committed. */
const PATIENCE_MS = 300;

export class Writer {
  readonly #ask: Ask;
  readonly #tokens: Tokens;
  readonly #sql: pg.Client;
  readonly #late: pg.Client;
  /** How many more writes the open transaction stays open for. */
  #openFor = 0;

  private constructor(app: TestApp, tokens: Tokens, sql: pg.Client, late: pg.Client) {
    this.#ask = askOf(app);
    this.#tokens = tokens;
    this.#sql = sql;
    this.#late = late;
  }

  static async connect(app: TestApp, tokens: Tokens, url: string): Promise<Writer> {
    const clients = [new pg.Client({ connectionString: url }), new pg.Client({ connectionString: url })] as const;
    for (const client of clients) await client.connect();
    return new Writer(app, tokens, ...clients);
  }

  get hasOpen(): boolean {
    return this.#openFor > 0;
  }

  async perform(write: Write): Promise<Outcome> {
    if (this.#openFor > 0 && (this.#openFor -= 1) === 0) await this.commitOpen();
    if (write.kind === 'sql') return await this.#transact(write);
    const answered = write.kind === 'link' ? this.#link(write) : this.#mutate(write);
    if (!this.hasOpen) return await answered;
    const timer = setTimeout(() => void this.commitOpen(), PATIENCE_MS);
    return await answered.finally(() => clearTimeout(timer));
  }

  async commitOpen(): Promise<void> {
    this.#openFor = 0;
    await this.#late.query('COMMIT');
  }

  async end(): Promise<void> {
    await Promise.all([this.#sql.end(), this.#late.end()]);
  }

  async #transact({ statements, staysOpen }: SqlWrite): Promise<Outcome> {
    const open = staysOpen > 0 && !this.hasOpen;
    const client = open ? this.#late : this.#sql;
    try {
      await client.query(`BEGIN; ${LOCK_TIMEOUT}`);
      for (const statement of statements) await client.query(statement);
      await client.query(KEEP_ACCOUNTS);
      if (!open) await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK');
      if (error instanceof pg.DatabaseError && isRule(error)) return 'refused';
      throw error;
    }
    if (!open) return 'done';
    this.#openFor = staysOpen;
    return 'left open';
  }

  async #mutate({ title, viewer, input }: MutationWrite): Promise<Outcome> {
    return input === null
      ? await this.#send(`mutation { ${title} { __typename } }`, {}, viewer)
      : await this.#send(inputMutation(title), { input }, viewer);
  }

  async #link({ viewer, wallet }: LinkWrite): Promise<Outcome> {
    const asked = { document: 'mutation { createWalletNonce { nonce } }', variables: {}, operationName: null };
    const { data } = await this.#ask(asked, { authorization: await this.#tokens.authorization(viewer) });
    const { nonce } = data?.['createWalletNonce'] as { nonce: string };
    const account = accountOf(wallet);
    const message = createSiweMessage({
      address: account.address,
      nonce,
      domain: 'localhost:3000',
      uri: 'https://localhost:3000/',
      version: '1',
      chainId: 1,
    });
    const input = { message, signature: await account.signMessage({ message }) };
    return await this.#send(inputMutation('linkWallet'), { input }, viewer);
  }

  async #send(document: string, variables: Record<string, unknown>, viewer: Viewer): Promise<Outcome> {
    const authorization = await this.#tokens.authorization(viewer);
    const { data, body } = await this.#ask({ document, variables, operationName: null }, { authorization });
    if (body.includes('UNAUTHENTICATED')) throw new Error(`${document}: ${body}`);
    // Past the API one can write what triggers then stumble over: counts that are wrong, holders that hold nothing.
    if (body.includes('INTERNAL_SERVER_ERROR')) return 'failed';
    return data ? 'done' : 'refused';
  }
}

const inputMutation = (name: string) =>
  `mutation ($input: ${name.charAt(0).toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { __typename } }`;

/** A broken constraint (23…), a value that does not fit (22…), a lock that another transaction keeps (55P03, 40…), a key that is generated (428C9). */
const isRule = ({ code = '' }: pg.DatabaseError) => /^(22|23|40|55P03|428C9|P0001)/.test(code);

const accountOf = (wallet: number): PrivateKeyAccount =>
  privateKeyToAccount(`0x${wallet.toString(16).padStart(64, '0')}`);
