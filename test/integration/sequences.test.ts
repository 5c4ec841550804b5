/** Ids are 32-bit integers: what changes nothing takes none of them, or whoever repeats it a million times has used them up. */
import { createSiweMessage } from 'viem/siwe';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Answer, type TestApp, startApp } from '../support/app.js';
import { createAgent, createTemplate, createUser, createWorkspace, idOf } from '../support/marketplace.js';
import { mutate, refusalOf } from '../support/mutate.js';
import { createCollection, createNft, createWallet, move } from '../support/tokens.js';

const DOMAIN = 'market.example';

let app: TestApp;
let token: string;
beforeAll(async () => {
  app = await startApp({ env: { SIGN_IN_DOMAINS: DOMAIN } });
  token = await app.token('ann');
  await createUser(app.prisma, 'ann');
});
afterAll(() => app.close());

type Numbered = 'Installation' | 'Review' | 'Wallet';

const lastOf = async (table: Numbered) =>
  await app.prisma.$queryRawUnsafe(`SELECT last_value::int, is_called FROM "${table}_id_seq"`);

const send = (name: string, input: object) => mutate(app, name, { input, select: '__typename', token });

async function doesNotCount(table: Numbered, repeat: () => Promise<Answer>): Promise<void> {
  expect(refusalOf(await repeat())).toBeNull();
  const before = await lastOf(table);
  for (let time = 0; time < 3; time += 1) expect(refusalOf(await repeat())).toBeNull();
  expect(await lastOf(table)).toEqual(before);
}

test('an agent that is installed already', async () => {
  const [agent, workspace] = [await createAgent(app.prisma), await createWorkspace(app.prisma, { ann: 'MEMBER' })];
  const input = { agentId: idOf('Agent', agent), workspaceId: idOf('Workspace', workspace) };
  await doesNotCount('Installation', () => send('installAgent', input));
});

test('a template whose agents are there already', async () => {
  const agents = [await createAgent(app.prisma), await createAgent(app.prisma)];
  const template = await createTemplate(app.prisma, { agents });
  const workspace = await createWorkspace(app.prisma, { ann: 'MEMBER' });
  const input = { templateId: idOf('Template', template), workspaceId: idOf('Workspace', workspace) };
  await doesNotCount('Installation', () => send('useTemplate', input));
});

test('a review that is replaced', async () => {
  const input = { agentId: idOf('Agent', await createAgent(app.prisma)), rating: 4 };
  await doesNotCount('Review', () => send('reviewAgent', input));
});

test('a transfer to a wallet that is known', async () => {
  const wallet = await createWallet(app.prisma, await createUser(app.prisma, 'ann'));
  const coin = await createNft(app.prisma, await createCollection(app.prisma, { standard: 'ERC1155' }));
  await move(app.prisma, coin, null, wallet, { quantity: 9 });
  const { address } = await createWallet(app.prisma);
  await doesNotCount('Wallet', () => send('transferNft', { nftId: idOf('Nft', coin), toAddress: address }));
});

test('a wallet that is linked again', async () => {
  const account = privateKeyToAccount(generatePrivateKey());
  await doesNotCount('Wallet', async () => {
    const { data } = await app.execute('mutation { createWalletNonce { nonce } }', {}, { token });
    const message = createSiweMessage({
      address: account.address,
      nonce: data.createWalletNonce.nonce,
      domain: DOMAIN,
      uri: `https://${DOMAIN}/`,
      version: '1',
      chainId: 1,
    });
    return await send('linkWallet', { message, signature: await account.signMessage({ message }) });
  });
});
