/** GraphiQL at /graphql, from the package: nothing is loaded from elsewhere. */
import type { GraphiQLOptions } from 'graphql-yoga';
import { EXAMPLES } from './examples.js';

/** Shown in the header editor; the server takes the angle brackets for a token that is none, and says so. */
const HEADERS = JSON.stringify({ Authorization: 'Bearer <npm run token -- --user demo>' }, null, 2);

export const graphiqlOptions: GraphiQLOptions = {
  title: 'Larder',
  defaultTabs: EXAMPLES.map(({ query, variables, signedIn }) => ({
    query,
    variables: variables ? JSON.stringify(variables, null, 2) : null,
    headers: signedIn ? HEADERS : null,
  })),
  defaultQuery: EXAMPLES[0]!.query,
};
