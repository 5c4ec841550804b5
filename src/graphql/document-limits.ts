/** Documents that no client writes are refused before they cost anything. (What the rest costs: src/admission/.) */
import {
  type ASTVisitor,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  type ValidationContext,
  type ValidationRule,
  parse,
  validate,
} from 'graphql';
import { type Plugin, isAsyncIterable } from 'graphql-yoga';
import { ApiError, badInput } from '../errors.js';
import { type Limits, excessOf } from './document-shape.js';

/** Ten times what the introspection of GraphiQL takes. */
export const MAX_TOKENS = 2_000;
/** Lists nest in connections, so a depth of 12 is four lists, whose pages multiply. */
export const DOCUMENT_LIMITS: Limits = { depth: 12, aliases: 15, duplicates: 10, directives: 10, rootFields: 20 };
/** Nobody reads more of them, and each costs. graphql-js adds one that says that there are more. */
const MAX_ERRORS = 10;

interface DocumentLimitsOptions {
  /** Whether the schema may be asked for, and errors guess which field was meant. */
  readonly introspection: boolean;
}

export const useDocumentLimits = ({ introspection }: DocumentLimitsOptions): Plugin => ({
  onParse({ setParseFn }) {
    setParseFn((source: string) => held(parse(source, { maxTokens: MAX_TOKENS })));
  },
  onValidate({ addValidationRule, setValidationFn }) {
    addValidationRule(honestNames);
    if (!introspection) addValidationRule(NoSchemaIntrospectionCustomRule);
    const options = { maxErrors: MAX_ERRORS - 1, hideSuggestions: !introspection };
    setValidationFn((schema: GraphQLSchema, document: DocumentNode, rules?: readonly ValidationRule[]) =>
      toldOnce(validate(schema, document, rules, options)),
    );
  },
  // The executor takes no such options for what is wrong with variables.
  onResultProcess({ result, setResult }) {
    if (Array.isArray(result) || isAsyncIterable(result) || !result.errors || result.data) return;
    const errors = result.errors.slice(0, MAX_ERRORS);
    setResult({ ...result, errors: introspection ? errors : errors.map(withoutGuess) });
  },
});

/** Ten times the same mistake is one, with ten places: a few characters each must not come to an error each. */
function toldOnce(errors: readonly GraphQLError[]): readonly GraphQLError[] {
  const same = new Map<string, GraphQLError[]>();
  for (const error of errors) same.set(error.message, [...(same.get(error.message) ?? []), error]);
  return [...same].map(([message, [first, ...others]]) => {
    if (others.length === 0) return first!;
    const nodes = [first!, ...others].flatMap(({ nodes }) => nodes ?? []);
    return new GraphQLError(message, { nodes, originalError: first! });
  });
}

/** Guesses tell names of a schema that is not to be asked for. */
function withoutGuess(error: GraphQLError): GraphQLError {
  const [message] = error.message.split(' Did you mean ') as [string];
  if (message === error.message) return error;
  const { nodes, path, extensions, originalError } = error;
  return new GraphQLError(message, { nodes, path, extensions, originalError });
}

/** @throws QUERY_TOO_COMPLEX. */
function held(document: DocumentNode): DocumentNode {
  const excess = excessOf(document, DOCUMENT_LIMITS);
  if (!excess) return document;
  const message = `This operation ${excess.message}. Ask for less at a time.`;
  // With its place in the document, so that it is told as an error of the document.
  throw new GraphQLError(message, {
    nodes: excess.node,
    originalError: new ApiError('QUERY_TOO_COMPLEX', message),
  });
}

/**
 * The executor takes an object with a `then` for a promise, and the cache puts fields of its own beside what is asked, under
 * names that GraphQL reserves (specification, section 2.1.9: names that begin with two underscores).
 */
const honestNames = (context: ValidationContext): ASTVisitor => ({
  Field({ alias }) {
    if (!alias || (alias.value !== 'then' && !alias.value.startsWith('__'))) return;
    context.reportError(badInput([{ path: [], message: `"${alias.value}" cannot be an alias: choose another name` }]));
  },
});
