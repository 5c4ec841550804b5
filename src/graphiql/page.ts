/** GraphiQL's page. The package is loaded with the first visit: it is megabytes of script, which many servers never send. */
import { readFile } from 'node:fs/promises';
import type { GraphiQLOptions } from 'graphql-yoga';

const read = (name: string): Promise<string> => readFile(new URL(`page/${name}`, import.meta.url), 'utf8');

/** With a panel that says what the cache did for the last response. It goes first, to be there before anything is asked. */
export async function renderPage(options?: GraphiQLOptions): Promise<string> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const [script, style] = await Promise.all([read('explain.js'), read('explain.css')]);
  // By a function: a text with $ in it would mean something to replace().
  return renderGraphiQL(options)
    .replace('</style>', () => `${style}</style>`)
    .replace('<head>', () => `<head><script>${script}</script>`);
}
