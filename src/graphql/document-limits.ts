/** Documents that no client writes are refused before they cost anything. (Limits by estimated cost are not here.) */
import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { type ASTVisitor, type ValidationContext, parse } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { ApiError, badInput } from '../errors.js';

/** Ten times what the introspection of GraphiQL takes. */
const MAX_TOKENS = 2_000;
/** Fields within fields. Lists nest in connections, so these are four lists, whose pages multiply. Introspection is exempt. */
const MAX_DEPTH = 12;
/** Other names for fields: without a limit, one request asks the same a hundred times. */
const MAX_ALIASES = 15;

export const useDocumentLimits = (): Plugin => ({
  onParse({ setParseFn }) {
    setParseFn((source: string) => parse(source, { maxTokens: MAX_TOKENS }));
  },
  onValidate({ addValidationRule }) {
    const refuse = (message: string) => ({
      propagateOnRejection: false,
      onReject: [
        (context: ValidationContext | null) => context?.reportError(new ApiError('QUERY_TOO_COMPLEX', message)),
      ],
    });
    addValidationRule(
      maxDepthRule({
        n: MAX_DEPTH,
        flattenFragments: true,
        ...refuse(`This operation nests fields more than ${MAX_DEPTH} deep. Ask for less at a time.`),
      }),
    );
    addValidationRule(
      maxAliasesRule({
        n: MAX_ALIASES,
        allowList: [],
        ...refuse(`This operation has more than ${MAX_ALIASES} aliases. Ask for less at a time.`),
      }),
    );
    addValidationRule(honestNames);
  },
});

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
