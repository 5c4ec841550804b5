/** Random questions to the loaders and lists that resolvers use, about rows that there are. What is looked at in a row varies. */
import type { Random } from '../../../src/data/seed/random.js';
import type { PageArgs } from '../../../src/graphql/list.js';
import {
  agentById,
  agentBySlug,
  agents,
  agentsByTemplateId,
  reviews,
} from '../../../src/marketplace/agents/loaders.js';
import {
  collectionByAddress,
  collectionById,
  collections,
  traitFacets,
} from '../../../src/marketplace/collections/loaders.js';
import {
  attributesByNftId,
  nftById,
  nftByToken,
  nftsByCollectionId,
  nftsByWalletId,
  transfersByCollectionId,
  transfersByNftId,
} from '../../../src/marketplace/nfts/loaders.js';
import { findMatches } from '../../../src/marketplace/search/find-matches.js';
import {
  stepsByTemplateId,
  templateById,
  templates,
  templatesOfAgent,
} from '../../../src/marketplace/templates/loaders.js';
import { collectionsByUserId, userByFid, userByUsername } from '../../../src/marketplace/users/loaders.js';
import {
  holdingsByCollectionId,
  holdingsByWalletId,
  ownerAt,
  ownersByNftId,
  walletByAddress,
  walletsByUserId,
} from '../../../src/marketplace/wallets/loaders.js';
import {
  installations,
  isInstalled,
  memberRole,
  members,
  workspaceBySlug,
  workspacesByUserId,
} from '../../../src/marketplace/workspaces/loaders.js';
import '../../../src/marketplace/schema.js';
import type { Model } from '../../../src/tracking/models.js';
import type { Db } from '../../../src/tracking/db.js';
import type { Asked } from './noticing.js';
import type { Rows } from './rows.js';

type Page = PageArgs<never, never>;
type AnyList = (
  db: Db,
  parent: number | null,
  args: Page,
) => Promise<{
  edges: { node: object; cursor: string }[];
  pageInfo: object;
  totalCount: () => Promise<number>;
}>;

export class RandomLoads {
  constructor(
    private readonly random: Random,
    private readonly rows: Rows,
  ) {}

  /** About a model, or about anything if nothing is about that. */
  draw(near: Model): Asked {
    const choices = this.#choices();
    const about = choices.filter(([models]) => models.split(' ').includes(near.name));
    const [, draw] = this.random.pick(about.length > 0 ? about : choices);
    const [title, ask] = draw();
    return { title, ask };
  }

  /** Each with the models that it is about. */
  #choices(): [string, () => [string, Asked['ask']]][] {
    return [
      ['Agent', () => this.#load('agentById', agentById, this.#id('Agent'))],
      ['Agent', () => this.#load('agentBySlug', agentBySlug, this.#text('Agent', 'slug'))],
      ['Agent TemplateStep', () => this.#load('agentsByTemplateId', agentsByTemplateId, this.#id('Template'))],
      [
        'Agent',
        () =>
          this.#list('agents', agents, null, {
            orders: ['TRENDING', 'POPULAR', 'NEWEST', 'RATING', 'NAME'],
            filter: this.#agentFilter(),
          }),
      ],
      ['Review', () => this.#list('reviews', reviews, this.#id('Agent'))],
      ['Collection', () => this.#load('collectionById', collectionById, this.#id('Collection'))],
      ['Collection', () => this.#load('collectionByAddress', collectionByAddress, this.#address())],
      [
        'Collection',
        () =>
          this.#list('collections', collections, null, {
            orders: ['OWNERS', 'SIZE', 'FLOOR_PRICE', 'NEWEST', 'NAME'],
            filter: this.#collectionFilter(),
          }),
      ],
      ['Trait', () => this.#load('traitFacets', traitFacets, this.#id('Collection'))],
      ['Nft', () => this.#load('nftById', nftById, this.#id('Nft'))],
      [
        'Nft Collection',
        () =>
          this.#load('nftByToken', nftByToken, {
            ...this.#address(),
            tokenId: String(this.random.pick([0, 1, 2, 3, 77])),
          }),
      ],
      [
        'Nft Trait NftTrait Ownership Wallet',
        () =>
          this.#list('nftsByCollectionId', nftsByCollectionId, this.#id('Collection'), {
            orders: ['TOKEN_ID', 'RARITY'],
            filter: this.#nftFilter(),
          }),
      ],
      ['Nft Ownership', () => this.#list('nftsByWalletId', nftsByWalletId, this.#id('Wallet'))],
      ['Transfer', () => this.#list('transfersByNftId', transfersByNftId, this.#id('Nft'))],
      ['Transfer', () => this.#list('transfersByCollectionId', transfersByCollectionId, this.#id('Collection'))],
      ['NftTrait Trait', () => this.#load('attributesByNftId', attributesByNftId, this.#id('Nft'))],
      ['Agent Template Collection Nft User', () => this.#search()],
      ['TemplateStep', () => this.#load('stepsByTemplateId', stepsByTemplateId, this.#id('Template'))],
      ['Template', () => this.#load('templateById', templateById, this.#id('Template'))],
      [
        'Template',
        () =>
          this.#list('templates', templates, null, {
            orders: ['POPULAR', 'NEWEST', 'NAME'],
            filter: this.#templateFilter(),
          }),
      ],
      ['Template TemplateStep', () => this.#list('templatesOfAgent', templatesOfAgent, this.#id('Agent'))],
      ['User', () => this.#load('userByUsername', userByUsername, this.#text('User', 'username'))],
      ['User', () => this.#load('userByFid', userByFid, this.random.int(1, 4))],
      ['Wallet Holding Ownership', () => this.#list('collectionsByUserId', collectionsByUserId, this.#id('User'))],
      ['Wallet', () => this.#load('walletByAddress', walletByAddress, this.#text('Wallet', 'address'))],
      ['Wallet', () => this.#load('walletsByUserId', walletsByUserId, this.#id('User'))],
      [
        'Ownership',
        () => this.#load('ownersByNftId', ownersByNftId, { nftId: this.#id('Nft'), first: this.random.int(1, 3) }),
      ],
      [
        'Transfer Wallet',
        () =>
          this.#load('ownerAt', ownerAt, {
            nftId: this.#id('Nft'),
            time: new Date(Date.UTC(2026, this.random.int(0, 7), 9)),
          }),
      ],
      ['Holding', () => this.#list('holdingsByCollectionId', holdingsByCollectionId, this.#id('Collection'))],
      ['Holding', () => this.#list('holdingsByWalletId', holdingsByWalletId, this.#id('Wallet'))],
      ['Workspace', () => this.#load('workspaceBySlug', workspaceBySlug, this.#text('Workspace', 'slug'))],
      [
        'WorkspaceMember',
        () => this.#load('memberRole', memberRole, { workspaceId: this.#id('Workspace'), userId: this.#id('User') }),
      ],
      ['Workspace WorkspaceMember', () => this.#load('workspacesByUserId', workspacesByUserId, this.#id('User'))],
      ['WorkspaceMember', () => this.#list('members', members, this.#id('Workspace'))],
      ['Installation', () => this.#list('installations', installations, this.#id('Workspace'))],
      [
        'Installation WorkspaceMember',
        () =>
          this.#load('isInstalled', isInstalled, {
            agentId: this.#id('Agent'),
            userId: this.#id('User'),
            workspaceId: this.random.chance(0.5) ? null : this.#id('Workspace'),
          }),
      ],
    ];
  }

  #load<Key, Value>(
    name: string,
    loader: (db: Db) => { load: (key: Key) => Promise<Value> },
    key: Key,
  ): [string, Asked['ask']] {
    const look = this.#look();
    return [`${name} ${JSON.stringify(key)}, ${look.title}`, async (db) => look.at(await loader(db).load(key))];
  }

  #list(
    name: string,
    list: unknown,
    parent: number | null,
    { orders = [], filter = {} }: { orders?: string[]; filter?: object } = {},
  ): [string, Asked['ask']] {
    const look = this.#look();
    const size = this.random.pick([1, 2, 3, 20]);
    const [counts, pages] = [this.random.chance(0.4), this.random.chance(0.3) ? 2 : 1];
    const args = {
      [this.random.chance(0.7) ? 'first' : 'last']: size,
      ...(orders.length > 0 && { orderBy: this.random.pick(orders) }),
      ...(Object.keys(filter).length > 0 && { filter }),
    } as Page;
    const ask = async (db: Db) => {
      const shown: unknown[] = [];
      let from: object = {};
      for (let page = 0; page < pages; page += 1) {
        const { edges, pageInfo, totalCount } = await (list as AnyList)(db, parent, { ...args, ...from });
        shown.push(
          edges.map(({ node, cursor }) => [look.at(node), cursor]),
          pageInfo,
          counts && (await totalCount()),
        );
        const next = 'first' in args ? { after: edges.at(-1)?.cursor } : { before: edges[0]?.cursor };
        if (edges.length === 0) break;
        from = next;
      }
      return shown;
    };
    return [
      `${name} of ${parent} ${JSON.stringify(args)}, ${pages} pages, ${counts ? 'counted, ' : ''}${look.title}`,
      ask,
    ];
  }

  #search(): [string, Asked['ask']] {
    const text = this.random.pick(['amber', 'basil agent', 'cedr', 'Dusk tokens', 'ember #4', 'ann']);
    const models = this.random.shuffled(['Agent', 'Template', 'Collection', 'Nft', 'User'] as const);
    const some = models.slice(0, this.random.int(1, 5));
    return [`findMatches "${text}" ${some.join()}`, (db) => findMatches(db, text, new Set(some), 5)];
  }

  /** All columns of the rows, or few of them. */
  #look(): { title: string; at: (value: unknown) => unknown } {
    if (this.random.chance(0.4)) return { title: 'all', at: (value) => JSON.parse(JSON.stringify(value)) as unknown };
    const names = this.random.shuffled(COLUMNS).slice(0, 4);
    const at = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(at);
      if (typeof value !== 'object' || value === null) return value;
      return names.map((name) => (value as Record<string, unknown>)[name]);
    };
    return { title: names.join(), at };
  }

  #agentFilter(): object {
    return {
      ...this.#maybe({ category: this.random.pick(['basil', 'cedar', 'dusk']) }),
      ...this.#maybe({ featured: this.random.chance(0.5) }),
      ...this.#maybe({ pricing: this.random.pick(['FREE', 'PAID', 'SUBSCRIPTION']) }),
      ...(this.random.chance(0.2) && { search: 'amber agent' }),
    };
  }

  #templateFilter(): object {
    return {
      ...this.#maybe({ category: this.random.pick(['basil', 'cedar', 'dusk']) }),
      ...this.#maybe({ featured: this.random.chance(0.5) }),
      ...this.#maybe({ complexity: this.random.pick(['BEGINNER', 'ADVANCED']) }),
      ...(this.random.chance(0.2) && { search: 'basil flow' }),
    };
  }

  #collectionFilter(): object {
    return {
      ...this.#maybe({ chain: this.random.pick(['ETHEREUM', 'POLYGON', 'BASE']) }),
      ...this.#maybe({ verified: this.random.chance(0.5) }),
      ...(this.random.chance(0.2) && { search: 'basil' }),
    };
  }

  #nftFilter(): object {
    const trait = this.random.pick([{ traitType: 'basil', value: 'amber' }, ...(this.rows.get('Trait') ?? [])]);
    return {
      ...(this.random.chance(0.4) && { traits: [{ traitType: trait['traitType'], values: [trait['value']] }] }),
      ...(this.random.chance(0.4) && { owner: this.#text('Wallet', 'address') }),
    };
  }

  #maybe(part: object): object {
    return this.random.chance(0.3) ? part : {};
  }

  #id(model: string): number {
    const rows = this.rows.get(model) ?? [];
    return rows.length > 0 && this.random.chance(0.95) ? (this.random.pick(rows)['id'] as number) : 999;
  }

  #text(model: string, column: string): string {
    const rows = this.rows.get(model) ?? [];
    return rows.length > 0 && this.random.chance(0.9) ? (this.random.pick(rows)[column] as string) : 'nobody';
  }

  #address() {
    const rows = this.rows.get('Collection') ?? [];
    const none = { chain: 'ETHEREUM', address: '0x0' } as const;
    const { chain, address } = (rows.length > 0 ? this.random.pick(rows) : none) as typeof none;
    return { chain, address };
  }
}

const COLUMNS = [
  ...[
    'id',
    'name',
    'slug',
    'category',
    'featured',
    'price',
    'installCount',
    'rating',
    'createdAt',
    'ownerId',
    'tokenId',
    'address',
  ],
  ...[
    'quantity',
    'walletId',
    'tokenCount',
    'position',
    'title',
    'role',
    'userId',
    'time',
    'traitType',
    'value',
    'values',
    'username',
  ],
];
