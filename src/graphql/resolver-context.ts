/** Resolvers are given their Context, and nothing of the request around it. */
import { type ExecutionArgs, getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Context, RequestContext } from './context.js';

/** Goes before plugins that execute: what they have not opened themselves is opened here, at the last moment. */
export const useResolverContext = (): Plugin<RequestContext> => ({
  onExecute({ executeFn, setExecuteFn }) {
    setExecuteFn((args): unknown => executeFn({ ...args, contextValue: contextOf(args) }));
  },
  onSubscribe({ subscribeFn, setSubscribeFn }) {
    setSubscribeFn((args): unknown => subscribeFn({ ...args, contextValue: contextOf(args) }));
  },
});

function contextOf({ document, operationName, contextValue }: ExecutionArgs): Context {
  const context = contextValue as Context | RequestContext;
  if (!('open' in context)) return context;
  return context.open(getOperationAST(document, operationName)?.operation ?? 'query');
}
