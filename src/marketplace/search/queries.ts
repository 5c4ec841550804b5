import { builder } from '../../graphql/builder.js';
import { count, searchText } from '../../graphql/inputs.js';
import { modelType } from '../../graphql/model-type.js';
import { fetchRow } from '../../graphql/node.js';
import { searchableModels } from '../../graphql/searchable.js';
import { findMatches } from './find-matches.js';

const SearchType = builder.enumType('SearchType', {
  values: {
    COLLECTION: { value: 'Collection' },
    NFT: { value: 'Nft' },
    AGENT: { value: 'Agent' },
    TEMPLATE: { value: 'Template' },
    USER: { value: 'User' },
  } as const,
});

const SearchResult = builder.unionType('SearchResult', { types: () => searchableModels().map(modelType) });

builder.queryField('search', (t) =>
  t.field({
    type: [SearchResult],
    directives: { cacheControl: { maxAge: 300, staleWhileRevalidate: 60, staleIfError: 60 } },
    args: {
      text: t.arg.string({ required: true, validate: searchText }),
      types: t.arg({ type: [SearchType] }),
      first: t.arg.int({ required: true, defaultValue: 20, validate: count }),
    },
    resolve: async (_root, { text, types, first }, ctx) => {
      const matches = await findMatches(ctx.db, text, new Set(types ?? searchableModels()), first);
      const rows = await Promise.all(matches.map(({ model, id }) => fetchRow(ctx, model, id)));
      // One that was deleted since it was found is left out.
      return rows.filter((row) => row !== null);
    },
  }),
);
