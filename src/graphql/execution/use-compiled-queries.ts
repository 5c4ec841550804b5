/** The server behind executes compiled queries where it can. Goes before all plugins that execute, so that it is what they call. */
import { type ExecutionArgs, getOperationAST, getVariableValues } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { CompiledQueries } from './compiled-queries.js';

export const useCompiledQueries = (queries: CompiledQueries): Plugin => ({
  onExecute({ executeFn, setExecuteFn }) {
    setExecuteFn((args: ExecutionArgs): unknown => {
      const { schema, document, operationName, variableValues, contextValue } = args;
      const operation = getOperationAST(document, operationName);
      if (!operation) return executeFn(args);
      const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variableValues ?? {});
      // What is wrong with the variables, the other one tells.
      const execute = coerced && queries.prepare({ document, operation, variables: coerced });
      return execute ? execute(contextValue) : executeFn(args);
    });
  },
});
