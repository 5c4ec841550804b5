import { createSiweMessage } from 'viem/siwe';
import { type PrivateKeyAccount, generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestApp, startApp } from '../support/app.js';
import { createUser } from '../support/marketplace.js';
import { mutate, refusalOf, refused } from '../support/mutate.js';

const DOMAIN = 'market.example';
const HOUR_MS = 3_600_000;
const inHours = (hours: number) => new Date(Date.now() + hours * HOUR_MS);

let app: TestApp;
let ann: string, bob: string;

beforeAll(async () => {
  app = await startApp({ env: { SIGN_IN_DOMAINS: `${DOMAIN},localhost:3000` } });
  [ann, bob] = [await app.token('ann'), await app.token('bob')];
  await Promise.all([createUser(app.prisma, 'ann'), createUser(app.prisma, 'bob')]);
});
afterAll(() => app.close());

const newAccount = () => privateKeyToAccount(generatePrivateKey());

async function createNonce(token: string): Promise<string> {
  const { data, errors } = await app.execute('mutation { createWalletNonce { nonce expiresAt } }', {}, { token });
  expect(errors).toEqual([]);
  return data.createWalletNonce.nonce;
}

type Fields = Partial<Parameters<typeof createSiweMessage>[0]>;

const write = ({ address }: PrivateKeyAccount, nonce: string, fields: Fields = {}): string =>
  createSiweMessage({
    address,
    nonce,
    domain: DOMAIN,
    uri: `https://${DOMAIN}/wallets`,
    version: '1',
    chainId: 1,
    statement: 'Link this wallet to my account.',
    ...fields,
  });

const send = (token: string | null, message: string, signature: string) =>
  mutate(app, 'linkWallet', {
    input: { message, signature },
    select: 'user { username wallets { address } } wallet { address user { username } }',
    ...(token && { token }),
  });

/** Signs `message` with the account's key and sends both. */
const link = async (token: string, account: PrivateKeyAccount, message: string) =>
  send(token, message, await account.signMessage({ message }));

const userOf = async ({ address }: PrivateKeyAccount): Promise<string | null> => {
  const wallet = await app.prisma.wallet.findUnique({
    where: { address: address.toLowerCase() },
    include: { user: true },
  });
  return wallet?.user?.username ?? null;
};

const AT_MESSAGE = refused('BAD_USER_INPUT', ['input', 'message']);
const AT_SIGNATURE = refused('BAD_USER_INPUT', ['input', 'signature']);

describe('a nonce', () => {
  test('is for those who are signed in', async () => {
    expect(refusalOf(await app.execute('mutation { createWalletNonce { nonce } }'))).toEqual(
      refused('UNAUTHENTICATED'),
    );
  });

  test('differs each time, and ends in ten minutes', async () => {
    const { data } = await app.execute(
      'mutation { a: createWalletNonce { nonce expiresAt } b: createWalletNonce { nonce } }',
      {},
      { token: ann },
    );
    expect(data.a.nonce).toMatch(/^[a-zA-Z0-9]{8,}$/);
    expect(data.a.nonce).not.toBe(data.b.nonce);
    const minutes = (Date.parse(data.a.expiresAt) - Date.now()) / 60_000;
    expect(minutes).toBeGreaterThan(9);
    expect(minutes).toBeLessThanOrEqual(10.1);
  });

  test('that has expired goes when a new one is made', async () => {
    const nonce = await createNonce(ann);
    await app.prisma.walletNonce.update({ where: { nonce }, data: { expiresAt: inHours(-1) } });
    await createNonce(bob);
    expect(await app.prisma.walletNonce.findUnique({ where: { nonce } })).toBe(null);
  });
});

describe('a signed message', () => {
  test('links a wallet that was unknown', async () => {
    const account = newAccount();
    const { data, errors } = await link(ann, account, write(account, await createNonce(ann)));
    expect(errors).toEqual([]);
    const wallet = { address: account.address.toLowerCase() };
    expect(data.linkWallet.wallet).toEqual({ ...wallet, user: { username: 'ann' } });
    expect(data.linkWallet.user).toEqual({ username: 'ann', wallets: [wallet] });
  });

  test('moves a wallet that somebody else has linked', async () => {
    const account = newAccount();
    await link(bob, account, write(account, await createNonce(bob)));
    expect(await userOf(account)).toBe('bob');
    await link(ann, account, write(account, await createNonce(ann)));
    expect(await userOf(account)).toBe('ann');
  });

  test.each<[string, Fields]>([
    ['of any chain', { chainId: 8453 }],
    ['for another domain of ours', { domain: 'localhost:3000', uri: 'http://localhost:3000' }],
    ['with a scheme', { scheme: 'https' }],
    ['without a statement', { statement: undefined }],
    ['that is good now', { notBefore: inHours(-1), expirationTime: inHours(1) }],
    ['with a request id and resources', { requestId: 'r-1', resources: ['https://market.example/terms'] }],
  ])('%s is accepted', async (_what, fields) => {
    const account = newAccount();
    const answer = await link(ann, account, write(account, await createNonce(ann), fields));
    expect(refusalOf(answer)).toBe(null);
  });

  test('with moments in whole seconds is accepted', async () => {
    const account = newAccount();
    const message = write(account, await createNonce(ann)).replace(/\.\d{3}Z$/m, 'Z');
    expect(message).toMatch(/Issued At: \S+:\d\dZ$/);
    expect(refusalOf(await link(ann, account, message))).toBe(null);
  });
});

describe('nothing is linked by', () => {
  test('a stranger', async () => {
    const account = newAccount();
    const message = write(account, await createNonce(ann));
    const answer = await send(null, message, await account.signMessage({ message }));
    expect([refusalOf(answer), await userOf(account)]).toEqual([refused('UNAUTHENTICATED'), null]);
  });

  test('the same message twice', async () => {
    const account = newAccount();
    const message = write(account, await createNonce(ann));
    expect(refusalOf(await link(ann, account, message))).toBe(null);
    // The wallet has moved on since; the old message must not bring it back.
    await link(bob, account, write(account, await createNonce(bob)));
    expect([refusalOf(await link(ann, account, message)), await userOf(account)]).toEqual([AT_MESSAGE, 'bob']);
  });

  test('the same message at the same time: one of five wins', async () => {
    const account = newAccount();
    const message = write(account, await createNonce(ann));
    const answers = await Promise.all(Array.from({ length: 5 }, () => link(ann, account, message)));
    expect(answers.map(refusalOf).filter(Boolean)).toEqual(Array(4).fill(AT_MESSAGE));
  });

  test('a nonce that was spent on another wallet', async () => {
    const [one, two] = [newAccount(), newAccount()];
    const nonce = await createNonce(ann);
    await link(ann, one, write(one, nonce));
    expect([refusalOf(await link(ann, two, write(two, nonce))), await userOf(two)]).toEqual([AT_MESSAGE, null]);
  });

  test("another user's nonce", async () => {
    const account = newAccount();
    const answer = await link(ann, account, write(account, await createNonce(bob)));
    expect([refusalOf(answer), await userOf(account)]).toEqual([AT_MESSAGE, null]);
  });

  test('a nonce that we never gave', async () => {
    const account = newAccount();
    expect([refusalOf(await link(ann, account, write(account, 'abcdefgh12345678'))), await userOf(account)]).toEqual([
      AT_MESSAGE,
      null,
    ]);
  });

  test('a nonce that has expired', async () => {
    const account = newAccount();
    const nonce = await createNonce(ann);
    await app.prisma.walletNonce.update({ where: { nonce }, data: { expiresAt: inHours(-1) } });
    expect([refusalOf(await link(ann, account, write(account, nonce))), await userOf(account)]).toEqual([
      AT_MESSAGE,
      null,
    ]);
  });

  test.each<[string, Fields]>([
    ['for a foreign domain', { domain: 'market.example.evil.com' }],
    ['for a port that is not ours', { domain: 'localhost:3001' }],
    ['that has expired', { expirationTime: inHours(-1) }],
    ['that is not good yet', { notBefore: inHours(1) }],
  ])('a message %s', async (_what, fields) => {
    const account = newAccount();
    const answer = await link(ann, account, write(account, await createNonce(ann), fields));
    expect([refusalOf(answer), await userOf(account)]).toEqual([AT_MESSAGE, null]);
  });

  test.each<[string, (message: string) => string]>([
    ['is none', () => 'Please link my wallet.'],
    ['is too long', (message) => message.padEnd(5_001)],
    ['is of another version', (message) => message.replace('Version: 1', 'Version: 2')],
    ['lacks its nonce', (message) => message.replace(/^Nonce: .*\n/m, '')],
    [
      'lacks the checksum of its address',
      (message) => message.replace(/0x[0-9A-Fa-f]{40}/, (address) => address.toLowerCase()),
    ],
    // A parser that passes over what it does not understand would take these for messages that never expire.
    ['has an expiration time that is none', (message) => `${message}\nExpiration Time: 2020`],
    [
      'has its expiration time in the wrong place',
      (message) => `${message}\nRequest ID: 1\nExpiration Time: 2020-01-01T00:00:00.000Z`,
    ],
    ['begins after something else', (message) => `Hello!\n${message}`],
    ['goes on after its end', (message) => `${message}\n\nP.S. And my axe.`],
  ])('a message that %s', async (_what, change) => {
    const account = newAccount();
    const message = change(write(account, await createNonce(ann)));
    expect([refusalOf(await link(ann, account, message)), await userOf(account)]).toEqual([AT_MESSAGE, null]);
  });

  test('the signature of another key, or of another message', async () => {
    const [account, other] = [newAccount(), newAccount()];
    const message = write(account, await createNonce(ann));
    const byOther = await send(ann, message, await other.signMessage({ message }));
    const ofOther = await send(ann, message, await account.signMessage({ message: `${message} ` }));
    expect([refusalOf(byOther), refusalOf(ofOther), await userOf(account)]).toEqual([AT_SIGNATURE, AT_SIGNATURE, null]);
    // Both failed attempts wrote nothing: the nonce is still good.
    expect(refusalOf(await link(ann, account, message))).toBe(null);
  });

  test.each([
    ['is none', 'yes'],
    ['is too short', `0x${'1'.repeat(128)}`],
    ['has no digits', `0x${'z'.repeat(130)}`],
    ['is on no curve', `0x${'f'.repeat(130)}`],
    ['is empty', `0x${'0'.repeat(130)}`],
  ])('a signature that %s', async (_what, signature) => {
    const account = newAccount();
    const answer = await send(ann, write(account, await createNonce(ann)), signature);
    expect([refusalOf(answer), await userOf(account)]).toEqual([AT_SIGNATURE, null]);
  });
});
