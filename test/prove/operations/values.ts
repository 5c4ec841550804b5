/** Values for arguments: mostly of what exists, sometimes of nothing. */
import { encodeGlobalID } from '@pothos/plugin-relay';
import { type GraphQLEnumType, type GraphQLInputType, getNamedType, isEnumType, isNonNullType } from 'graphql';
import type { Random } from '../../../src/data/seed/random.js';
import { type Row, type Rows, rowsOf } from '../data/rows.js';
import { DAYS, WORDS, addressOf } from '../data/words.js';
import type { Source } from './source.js';

/** Everything that has an id of its own. */
const NODES = [
  ...['Agent', 'Review', 'Template', 'Workspace', 'Installation'],
  ...['Collection', 'Nft', 'Transfer', 'Wallet', 'User'],
];
const OF_NOTHING = 0.06;
const NO_KEY = 2_000_000_000;
const NO_ADDRESS = addressOf(2 ** 40);

type Values = Record<string, unknown>;
type Draw<T = unknown> = (source: Source) => T;

const row = ({ random, rows }: { random: Random; rows: Rows }, table: string): Row | null => {
  const all = rowsOf(rows, table);
  return all.length === 0 || random.chance(OF_NOTHING) ? null : random.pick(all);
};

const column =
  (table: string, name: string, otherwise: unknown): Draw =>
  (source) =>
    row(source, table)?.[name] ?? otherwise;

const nodeOf =
  (...tables: string[]): Draw<string> =>
  (source) => {
    const table = source.random.pick(tables);
    return encodeGlobalID(table, (row(source, table)?.['id'] as number | undefined) ?? NO_KEY);
  };

const some = <T>({ random }: Source, max: number, draw: () => T): T[] =>
  Array.from({ length: random.int(1, max) }, draw);

const searchText: Draw = ({ random }) => {
  const [word, other] = [random.pick(WORDS), random.pick(WORDS)];
  // Whole, misspelt, two of them, and what is in no name.
  return random.pick([word, word, word.slice(0, 3), word.replace(/[aeiou]/, ''), `${word} ${other}`, 'xylophone']);
};

/** Arguments of a field, and fields of an input, that only mean something together. */
const TOGETHER: Readonly<Record<string, Draw<Values>>> = {
  'Query.collection': (source) => {
    const { address = NO_ADDRESS, chain = 'ETHEREUM' } = row(source, 'Collection') ?? {};
    return { address, chain };
  },
  'Query.nft': (source) => {
    const nft = row(source, 'Nft');
    const place = rowsOf(source.rows, 'Collection').find(({ id }) => id === nft?.['collectionId']);
    const { address = NO_ADDRESS, chain = 'ETHEREUM' } = place ?? {};
    return { address, chain, tokenId: nft?.['tokenId'] ?? '77' };
  },
  'Query.user': (source) => {
    const { username = 'nobody', fid = null } = row(source, 'User') ?? {};
    return fid !== null && source.random.chance(0.4) ? { fid } : { username };
  },
  TraitFilter: (source) => {
    const { traitType = 'no trait', value = 'no value' } = row(source, 'Trait') ?? {};
    return {
      traitType,
      values: [value, ...(source.random.chance(0.4) ? [column('Trait', 'value', 'no value')(source)] : [])],
    };
  },
};

/** Of each argument and each field of an input that is neither paging, an enum nor a boolean. */
const ALONE: Readonly<Record<string, Draw>> = {
  'Query.node.id': nodeOf(...NODES),
  'Query.nodes.ids': (source) => some(source, 4, () => nodeOf(...NODES)(source)),
  'Query.search.text': searchText,
  'Query.wallet.address': column('Wallet', 'address', NO_ADDRESS),
  'Query.agent.slug': column('Agent', 'slug', 'no-agent'),
  'Query.template.slug': column('Template', 'slug', 'no-template'),
  'Query.ownershipStats.staleAfterHours': ({ random }) => random.pick([1, 24, 87_600]),
  'Query.workspace.slug': column('Workspace', 'slug', 'no-workspace'),
  'Agent.viewerHasInstalled.workspaceId': nodeOf('Workspace'),
  'Nft.ownerAt.time': ({ random }) => `${random.pick(DAYS)}T12:00:00Z`,
  'AgentFilter.search': searchText,
  'AgentFilter.category': column('Category', 'slug', 'no-category'),
  'TemplateFilter.search': searchText,
  'TemplateFilter.category': column('Category', 'slug', 'no-category'),
  'CollectionFilter.search': searchText,
  'NftFilter.owner': column('Wallet', 'address', NO_ADDRESS),
};

/** For a field or an input type. Null: its parts are drawn one by one. */
export const drawTogether = (source: Source, name: string): Values | null => TOGETHER[name]?.(source) ?? null;

/** @throws for an argument that nobody has said anything about. */
export function drawAlone(source: Source, coordinate: string, type: GraphQLInputType): unknown {
  const { random } = source;
  const draw = ALONE[coordinate];
  if (draw) return draw(source);
  const named = getNamedType(type);
  if (isEnumType(named)) return drawEnum(random, named, type);
  if (named.name === 'Boolean') return random.chance(0.5);
  if (/\.(first|last)$/.test(coordinate)) return random.pick([1, 1, 2, 2, 3, 5, 20, 100]);
  throw new Error(`The proofs do not know what to ask for with ${coordinate}: add it to ALONE in this file.`);
}

function drawEnum(random: Random, named: GraphQLEnumType, type: GraphQLInputType): unknown {
  const names = named.getValues().map(({ name }) => name);
  const isList = (isNonNullType(type) ? type.ofType : type).toString().startsWith('[');
  return isList ? random.distinct(random.int(1, 2), names.length, () => random.pick(names)) : random.pick(names);
}
