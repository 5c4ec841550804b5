/** GraphiQL's page. The package is loaded with the first visit: it is megabytes of script, which many servers never send. */
import type { GraphiQLOptions } from 'graphql-yoga';

/**
 * The tabs can be dragged, and the library for that leaves them shifted until they were touched once: the first click would
 * land beside its tab.
 */
const STYLE = '.graphiql-tab { transform: none !important; }';

export async function renderPage(options?: GraphiQLOptions): Promise<string> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  return renderGraphiQL(options).replace('</style>', `${STYLE}</style>`);
}
