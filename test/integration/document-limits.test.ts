import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAgents } from '../support/agents.js';
import { type TestApp, startApp } from '../support/app.js';

let app: TestApp;

beforeAll(async () => {
  app = await startApp({ env: { CACHE_ENGINE: 'envelop' } });
  await createAgents(app.prisma, 2);
});
afterAll(() => app.close());

const codes = async (document: string) => (await app.execute(document)).errors.map(({ extensions }) => extensions.code);

const nested = (levels: number) =>
  `{ agents(first: 1) { nodes { ${'reviews(first: 1) { nodes { agent { '.repeat(levels)} id ${'} } }'.repeat(levels)} } } }`;

describe('a document that no client writes is refused before it runs', () => {
  it('for nesting fields too deep, by fragments, too', async () => {
    expect(await codes(nested(3))).toEqual([]);
    expect(await codes(nested(4))).toEqual(['QUERY_TOO_COMPLEX']);
    const byFragments = `{ agents(first: 1) { nodes { ...A } } }
      fragment A on Agent { reviews { nodes { agent { ...B } } } }
      fragment B on Agent { reviews { nodes { agent { ...C } } } }
      fragment C on Agent { reviews { nodes { agent { reviews { totalCount } author { wallets { id } } } } } }`;
    expect(await codes(byFragments)).toEqual(['QUERY_TOO_COMPLEX']);
  });

  it('for asking the same under many names', async () => {
    const aliases = (count: number) =>
      `{ ${Array.from({ length: count }, (_, index) => `a${index}: __typename`).join(' ')} }`;
    expect(await codes(aliases(15))).toEqual([]);
    expect(await codes(aliases(16))).toEqual(['QUERY_TOO_COMPLEX']);
  });

  it.each(['then', '__responseCacheTypeName', '__responseCacheId', '__typename'])(
    'for the alias %s, which would change the answer',
    async (alias) => {
      expect(await codes(`{ agents(first: 1) { nodes { ${alias}: name } } }`)).toEqual(['BAD_USER_INPUT']);
    },
  );

  it('but GraphiQL may ask for the whole schema', async () => {
    expect(await codes(getIntrospectionQuery())).toEqual([]);
  });
});
