/** Reads the parameters of GraphQL over HTTP: from the query of a GET, or from a POST of JSON and of nothing else. */
import type { GraphQLParams, Plugin } from 'graphql-yoga';
import { badInput, forbidden } from '../errors.js';
import { MAX_LEVELS, isDeeper, isJsonType } from './json-requests.js';

const NOT_EMBEDDED = 'Pages cannot embed operations: ask with fetch.';

export const useRequestParameters = (): Plugin => ({
  onRequest({ request }) {
    // Yoga compares media types letter by letter.
    if (isJson(request)) request.headers.set('content-type', 'application/json');
  },
  onRequestParse({ request, setRequestParser, endResponse, fetchAPI }) {
    // With a type of their own, browsers have sent requests unasked that servers took for plain ones (GHSA-9q82-xgwf-vj6h).
    if (request.method === 'GET' && request.headers.has('content-type') && !isJson(request))
      endResponse(new fetchAPI.Response(null, { status: 415 }));
    // A picture, a script or a style sheet of a page from elsewhere: it could not read the answer, but it could cost us one.
    else if (request.headers.get('sec-fetch-mode') === 'no-cors') throw forbidden(NOT_EMBEDDED);
    else if (request.method === 'GET') setRequestParser(({ url }) => parametersOf(new URL(url).searchParams));
    // Browsers send forms and plain text to other sites without asking these first, JSON never.
    if (request.method === 'POST' && (!isJson(request) || isCoded(request)))
      endResponse(new fetchAPI.Response(null, { status: 415 }));
  },
  onParams({ params }) {
    for (const name of ['variables', 'extensions'] as const) {
      if (isDeeper(params[name])) throw badInput([{ path: [name], message: `may nest at most ${MAX_LEVELS} levels` }]);
    }
  },
});

/** Compressed, say: a few bytes could become very many. */
const isCoded = (request: Request): boolean => !/^(identity)?$/i.test(request.headers.get('content-encoding') ?? '');

const isJson = (request: Request): boolean => isJsonType(request.headers.get('content-type') ?? '');

const parametersOf = (search: URLSearchParams): GraphQLParams => ({
  query: search.get('query') || undefined,
  operationName: search.get('operationName') || undefined,
  variables: jsonOf(search, 'variables'),
  extensions: jsonOf(search, 'extensions'),
});

function jsonOf(search: URLSearchParams, name: 'variables' | 'extensions'): GraphQLParams['variables'] {
  const text = search.get(name);
  if (!text) return undefined;
  try {
    // What is no object is refused by Yoga, as it is in a body.
    return JSON.parse(text) as GraphQLParams['variables'];
  } catch {
    throw badInput([{ path: [], message: `the parameter "${name}" is not JSON` }]);
  }
}
