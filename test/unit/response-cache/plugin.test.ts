import { beforeEach, describe, expect, it } from 'vitest';
import { Away, type CachedServer, type TestContext, createCachedServer } from '../../support/cached-server.js';

const typeDefs = `
  interface Node { id: ID! }
  type Agent implements Node @cacheControl(maxAge: 100) { id: ID! name: String! }
  type Secret implements Node @cacheControl(maxAge: 50, scope: PRIVATE) { id: ID! text: String! }
  type Plain implements Node { id: ID! }
  union Found = Agent | Secret
  type Query {
    time: String! @cacheControl(maxAge: 100, staleWhileRevalidate: 20, staleIfError: 30)
    mine: String! @cacheControl(maxAge: 100)
    bucket: String! @cacheControl(maxAge: 100)
    raw: String! @cacheControl(maxAge: 100)
    fails: String @cacheControl(maxAge: 100)
    uncached: String!
    greeting(name: String): String! @cacheControl(maxAge: 100)
    node(id: ID!): Node
    search: [Found!]! @cacheControl(maxAge: 80)
    user: User @cacheControl(maxAge: 100)
  }
  type User { name: String! role: String @cacheControl(scope: PRIVATE) }
  type Mutation { write: String! }
  type Subscription { ticks: Int! }
`;

let server: CachedServer;
let executions: number;
let isAway: boolean;
let isBroken: boolean;
/** Executions wait here, if anything is put into it. */
let gate: Promise<void>;

const count =
  (answer: (ctx: TestContext, args: Record<string, string>) => unknown) =>
  async (_root: unknown, args: Record<string, string>, ctx: TestContext) => {
    executions += 1;
    const number = executions;
    await gate;
    if (isAway) throw new Away('away');
    if (isBroken) throw new Error('broken');
    ctx.recording?.reads.depend('Agent:1', ['name']);
    const value = answer(ctx, args);
    return value === undefined ? String(number) : value;
  };

const found: Record<string, object | null> = {
  a: { __typename: 'Agent', id: 'a', name: 'A' },
  s: { __typename: 'Secret', id: 's', text: 'S' },
  p: { __typename: 'Plain', id: 'p' },
};

const resolvers = {
  Query: {
    time: count(() => undefined),
    mine: count(({ viewer }) => viewer?.subject ?? 'stranger'),
    bucket: count(({ recording }) => recording?.endAt(server.clock.wallMs() + 7_500)),
    raw: count(({ recording }) => recording?.reads.refuse('SQL of an unknown kind')),
    fails: count(() => {
      throw new Error('no');
    }),
    uncached: count(() => undefined),
    greeting: count((_ctx, { name }) => `hello ${name}`),
    node: count((_ctx, { id }) => found[id!] ?? null),
    search: count(() => [found.a, found.s]),
    user: count(({ viewer }) => ({ name: 'public', role: viewer?.role ?? 'none' })),
  },
  Mutation: { write: count(() => undefined) },
  Subscription: {
    ticks: {
      subscribe: async function* () {
        yield { ticks: 1 };
        yield { ticks: 2 };
      },
    },
  },
};

beforeEach(() => {
  executions = 0;
  isAway = false;
  isBroken = false;
  gate = Promise.resolve();
  server = createCachedServer({ typeDefs, resolvers });
});

const ada = { subject: 'ada', role: 'USER' };
const bob = { subject: 'bob', role: 'USER' };

describe('an answer', () => {
  it('is executed once, and then the same bytes for everyone, with their age', async () => {
    const first = await server.ask('{ time }', { caller: ada });
    server.clock.advance(3_000);
    const second = await server.ask('query { time } # the same', { caller: bob });
    expect([first.cache, second.cache, executions]).toEqual(['MISS', 'HIT', 1]);
    expect(second.text).toBe(first.text);
    expect(first.cacheStatus).toBe('larder; fwd=uri-miss; stored; detail=absent');
    expect(second.cacheStatus).toBe('larder; hit; ttl=97');
    expect([first.headers.get('age'), second.headers.get('age')]).toEqual([null, '3']);
  });

  it('has the media type that is accepted, hit or miss', async () => {
    for (const accept of ['application/json', 'application/graphql-response+json', '*/*']) {
      const types = [];
      for (const status of ['MISS', 'HIT']) {
        const { headers, cache } = await server.ask(`{ greeting(name: "${accept}") }`, { headers: { accept } });
        expect(cache).toBe(status);
        types.push(headers.get('content-type'));
      }
      expect(types[0]).toBe(types[1]);
      if (accept !== '*/*') expect(types[0]).toBe(`${accept}; charset=utf-8`);
    }
    const { text } = await server.ask('{ time }', { headers: { accept: 'text/event-stream' } });
    const again = await server.ask('{ time }', { headers: { accept: 'text/event-stream' } });
    expect(again.text).toBe(text);
    expect(text).toContain('event: next\ndata: {"data":{"time":');
  });

  it('is refused for a media type that nobody speaks, hit or miss', async () => {
    await server.ask('{ time }');
    const { headers, text } = await server.ask('{ time }', { headers: { accept: 'image/png' } });
    expect({ text, type: headers.get('content-type') }).toEqual({ text: '', type: null });
  });

  it('is gone when what it depends on was written, and the explanation names the write', async () => {
    await server.ask('{ time }');
    server.write('Agent:1', ['tagline']);
    expect((await server.ask('{ time }')).cache).toBe('HIT');
    server.write('Agent:1', ['name', 'price']);
    const { cache, cacheStatus, json } = await server.ask('{ time }', { headers: { 'x-cache-explain': '1' } });
    expect([cache, cacheStatus]).toEqual(['MISS', 'larder; fwd=stale; stored; detail=changed']);
    expect(json().extensions.cache.reason).toMatchObject({
      kind: 'changed',
      table: 'Agent',
      row: '1',
      tag: 'Agent:1',
      columns: ['name', 'price'],
      message: expect.stringContaining('"Agent"'),
    });
  });

  it('is not stored when a write came while it was executed', async () => {
    let open: () => void = () => undefined;
    gate = new Promise((resolve) => (open = resolve));
    const slow = server.ask('{ time }');
    await new Promise((resolve) => setImmediate(resolve));
    server.write('Agent:1', ['name']);
    open();
    expect((await slow).cacheStatus).not.toContain('stored');
    expect((await server.ask('{ time }')).cache).toBe('MISS');
  });

  it('is executed once for many who ask at the same time, and those who waited are told', async () => {
    let open: () => void = () => undefined;
    gate = new Promise((resolve) => (open = resolve));
    const asked = Array.from({ length: 50 }, () => server.ask('{ time }'));
    await new Promise((resolve) => setImmediate(resolve));
    open();
    const answers = await Promise.all(asked);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(executions).toBe(1);
    expect(answers.filter(({ cacheStatus }) => cacheStatus?.includes('; collapsed'))).toHaveLength(49);
  });

  it('ends with its maxAge, or with the bucket of time that it looked at', async () => {
    await server.ask('{ mine bucket }', { caller: ada });
    server.clock.advance(7_400);
    expect((await server.ask('{ mine bucket }', { caller: ada })).cache).toBe('HIT');
    server.clock.advance(101);
    const { cache, cacheStatus } = await server.ask('{ mine bucket }', { caller: ada });
    expect([cache, cacheStatus]).toEqual(['MISS', 'larder; fwd=stale; stored; detail=expired']);
  });
});

describe('who asks', () => {
  it('makes an answer private by being looked at: nobody else is given it, nor one that it was joined in', async () => {
    let open: () => void = () => undefined;
    gate = new Promise((resolve) => (open = resolve));
    const both = [server.ask('{ mine }', { caller: ada }), server.ask('{ mine }', { caller: bob })];
    await new Promise((resolve) => setImmediate(resolve));
    open();
    expect((await Promise.all(both)).map(({ json }) => json().data.mine)).toEqual(['ada', 'bob']);
    for (const caller of [ada, bob, { subject: 'cleo', role: 'USER' }])
      expect((await server.ask('{ other: mine }', { caller })).json().data.other).toBe(caller.subject);
    expect((await server.ask('{ mine }')).json().data.mine).toBe('stranger');
    expect((await server.ask('{ mine }', { caller: ada })).cache).toBe('HIT');
    expect((await server.ask('{ mine }')).cache).toBe('HIT');
  });

  it('is every claim: whoever lost a role does not find what they were given with it', async () => {
    await server.ask('{ mine }', { caller: { subject: 'ada', role: 'ADMIN' } });
    expect((await server.ask('{ mine }', { caller: ada })).cache).toBe('MISS');
  });

  it('is no matter for an answer that did not look', async () => {
    await server.ask('{ time }', { caller: ada });
    expect((await server.ask('{ time }')).cache).toBe('HIT');
  });

  it('counts for private fields by their coordinate, whatever the document calls them', async () => {
    const documents = [
      '{ user { name: role } }',
      '{ user { ...F } } fragment F on User { role }',
      '{ user { name role @skip(if: true) } }',
      '{ user { ... on User { title: role } } }',
    ];
    for (const document of documents) {
      await server.ask(document, { caller: ada });
      const { cache, json } = await server.ask(document, { caller: bob, headers: { 'x-cache-explain': '1' } });
      expect(cache).toBe('MISS');
      expect(json().extensions.cache).toMatchObject({ scope: 'PRIVATE', privateBy: 'User.role' });
    }
  });

  it('is named when it made an answer private', async () => {
    const { json } = await server.ask('{ mine }', { caller: ada, headers: { 'x-cache-explain': '1' } });
    expect(json().extensions.cache).toMatchObject({ scope: 'PRIVATE', privateBy: 'ctx.viewer was read' });
  });
});

describe('where the schema says only "a node"', () => {
  const NODE = 'query ($id: ID!) { node(id: $id) { id } }';
  const explained = async (id: string, caller = ada) => {
    const { json, cache } = await server.ask(NODE, { variables: { id }, caller, headers: { 'x-cache-explain': '1' } });
    return { cache, ...json().extensions.cache };
  };

  it('the type that is found gives lifetime and scope', async () => {
    expect(await explained('a')).toMatchObject({ scope: 'PUBLIC', maxAge: 100, setBy: 'Agent' });
    expect(await explained('a', bob)).toMatchObject({ cache: 'HIT' });
    expect(await explained('s')).toMatchObject({ scope: 'PRIVATE', maxAge: 50, setBy: 'Secret', privateBy: 'Secret' });
    expect(await explained('s', bob)).toMatchObject({ cache: 'MISS' });
    expect(await explained('s', bob)).toMatchObject({ cache: 'HIT' });
    expect(await explained('a', bob)).toMatchObject({ cache: 'HIT', scope: 'PUBLIC' });
  });

  it('a type without a lifetime has none, and neither has nothing', async () => {
    expect(await explained('p')).toMatchObject({ cache: 'BYPASS', reason: { kind: 'lifetime' } });
    expect(await explained('nothing')).toMatchObject({ cache: 'BYPASS', reason: { kind: 'lifetime' } });
    expect(await explained('p')).toMatchObject({ cache: 'BYPASS' });
  });

  it('each of several counts, under any alias', async () => {
    const document = '{ a: node(id: "a") { id } b: node(id: "p") { id } }';
    await server.ask(document);
    expect((await server.ask(document)).cache).toBe('BYPASS');
  });

  it('a union counts by what is in it', async () => {
    const document = '{ search { __typename } }';
    const { json } = await server.ask(document, { caller: ada, headers: { 'x-cache-explain': '1' } });
    expect(json().extensions.cache).toMatchObject({ scope: 'PRIVATE', maxAge: 50, setBy: 'Secret' });
  });
});

describe('nothing is stored', () => {
  const twice = async (document: string) => {
    await server.ask(document);
    const { cache, cacheStatus, json } = await server.ask(document, { headers: { 'x-cache-explain': '1' } });
    return { cache, cacheStatus, reason: json().extensions.cache.reason, executions };
  };

  it.each([
    ['{ time fails }', 'MISS', 'larder; fwd=uri-miss; detail=errors', { kind: 'errors' }],
    [
      '{ raw }',
      'BYPASS',
      'larder; fwd=uri-miss; detail=untracked',
      { kind: 'untracked', message: 'SQL of an unknown kind' },
    ],
    [
      '{ uncached }',
      'BYPASS',
      'larder; fwd=bypass; detail=policy',
      { kind: 'policy', message: 'Query.uncached has no lifetime' },
    ],
    ['{ time uncached }', 'BYPASS', 'larder; fwd=bypass; detail=policy', { kind: 'policy' }],
    ['mutation { write }', 'BYPASS', 'larder; fwd=method', { kind: 'method' }],
  ])('of %s, and why is told', async (document, cache, cacheStatus, reason) => {
    const told = await twice(document);
    expect(told).toMatchObject({ cache, cacheStatus, reason });
    expect(told.executions).toBeGreaterThanOrEqual(2);
  });

  it('of an answer in parts, which passes through untouched', async () => {
    const document = '{ time ... @defer { mine } }';
    for (const caller of [ada, bob]) {
      const { text, cache, headers } = await server.ask(document, { caller, headers: { accept: 'multipart/mixed' } });
      expect(headers.get('content-type')).toContain('multipart/mixed');
      expect(text).toContain(caller.subject);
      expect(text).toContain('"hasNext":true');
      expect(cache).toBe('BYPASS');
    }
  });

  it('of a subscription, which passes through untouched', async () => {
    const { text, cache } = await server.ask('subscription { ticks }', { headers: { accept: 'text/event-stream' } });
    expect(text).toContain('{"data":{"ticks":1}}');
    expect(text).toContain('{"data":{"ticks":2}}');
    expect(cache).toBe('BYPASS');
  });

  it('while the instance may trust nothing', async () => {
    server.instance.isLive = false;
    server.instance.lapsedForMs = 5_000;
    await server.ask('{ time }');
    const { cache, cacheStatus } = await server.ask('{ time }');
    expect([cache, cacheStatus?.split(';')[1]]).toEqual(['MISS', ' fwd=bypass']);
    expect(executions).toBe(2);
  });
});

describe('an answer that is older than its maxAge', () => {
  it('is served once more while it is made anew', async () => {
    await server.ask('{ time }');
    server.clock.advance(110_000);
    const stale = await server.ask('{ time }');
    expect([stale.cache, stale.cacheStatus, stale.json().data.time]).toEqual([
      'STALE',
      'larder; hit; ttl=-10; detail=expired',
      '1',
    ]);
    await expect.poll(() => executions).toBe(2);
    const fresh = await server.ask('{ time }');
    expect([fresh.cache, fresh.json().data.time]).toEqual(['HIT', '2']);
  });

  it('is not served after staleWhileRevalidate, nor when it was written to', async () => {
    await server.ask('{ time }');
    server.clock.advance(120_000);
    expect((await server.ask('{ time }')).cache).toBe('MISS');
    server.clock.advance(110_000);
    server.write('Agent:1', ['name']);
    expect((await server.ask('{ time }')).cache).toBe('MISS');
  });

  it('is served, marked, while the database is away, within staleIfError', async () => {
    await server.ask('{ time }');
    isAway = true;
    server.clock.advance(125_000);
    const stale = await server.ask('{ time }', { headers: { 'x-cache-explain': '1' } });
    expect([stale.cache, stale.json().data.time, stale.headers.get('age')]).toEqual(['STALE', '1', '125']);
    expect(stale.json().errors).toBeUndefined();
    server.clock.advance(6_000);
    const { cache, json } = await server.ask('{ time }');
    expect([cache, json().errors[0].message]).toEqual(['MISS', 'away']);
  });

  it('is not served for an error of another kind, nor where nobody said so', async () => {
    await server.ask('{ time }');
    await server.ask('{ mine }', { caller: ada });
    server.clock.advance(125_000);
    isBroken = true;
    expect((await server.ask('{ time }')).json().errors[0].message).toBe('broken');
    isAway = true;
    expect((await server.ask('{ mine }', { caller: ada })).json().errors[0].message).toBe('away');
  });
});

describe('a request may wish', () => {
  it('to be executed afresh; what comes is stored for those after it', async () => {
    await server.ask('{ time }');
    const fresh = await server.ask('{ time }', { headers: { 'cache-control': 'max-age=0, No-Cache' } });
    expect([fresh.cache, fresh.cacheStatus, fresh.json().data.time]).toEqual([
      'BYPASS',
      'larder; fwd=request; stored; detail=asked',
      '2',
    ]);
    expect((await server.ask('{ time }')).json().data.time).toBe('2');
  });

  it('for an explanation, which is in no other answer', async () => {
    const explained = await server.ask('{ time }', { headers: { 'x-cache-explain': '1' } });
    expect(explained.json().extensions.cache).toMatchObject({
      status: 'MISS',
      reason: { kind: 'absent' },
      scope: 'PUBLIC',
      maxAge: 100,
      ttl: 100,
      setBy: 'Query.time',
      tags: ['Agent:1'],
      columns: { 'Agent:1': ['name'] },
      stored: true,
    });
    expect((await server.ask('{ time }')).text).toBe('{"data":{"time":"1"}}');
    const hit = await server.ask('{ time }', { headers: { 'x-cache-explain': '1' } });
    expect(hit.json()).toMatchObject({ data: { time: '1' }, extensions: { cache: { status: 'HIT', reason: null } } });
  });

  it('nothing of it where that is not allowed', async () => {
    server = createCachedServer({ typeDefs, resolvers, mayWish: (caller) => caller?.role === 'ADMIN' });
    const headers = { 'cache-control': 'no-cache', 'x-cache-explain': '1' };
    for (const caller of [undefined, ada]) {
      await server.ask('{ time }', { headers, ...(caller && { caller }) });
      const { cache, text } = await server.ask('{ time }', { headers, ...(caller && { caller }) });
      expect([cache, text]).toEqual(['HIT', '{"data":{"time":"1"}}']);
    }
    const admin = await server.ask('{ time }', { headers, caller: { subject: 'root', role: 'ADMIN' } });
    expect([admin.cache, admin.json().extensions.cache.status]).toEqual(['BYPASS', 'BYPASS']);
  });
});
