/** A query that takes too long is given up: whoever asked is told so, and it sends no further statement. (Those under way end by themselves.) */
import { type ExecutionArgs, type ExecutionResult, OperationTypeNode, getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { unavailable } from '../errors.js';
import type { Context } from './context.js';

/** Two statements may be ended by the database in it. Mutations are limited by their transactions (see write.ts), and must tell what came of them. */
export const QUERY_TIMEOUT_MS = 10_000;

type Execute = (args: ExecutionArgs) => unknown;

/** Goes before plugins that give resolvers their context. */
export const useTimeLimit = (): Plugin => ({
  onExecute({ executeFn, setExecuteFn }) {
    const execute = executeFn as Execute;
    setExecuteFn((args: ExecutionArgs): unknown => {
      const operation = getOperationAST(args.document, args.operationName);
      if (operation?.operation !== OperationTypeNode.QUERY) return execute(args);
      return withinTime(() => execute(args), args.contextValue as Context);
    });
  },
});

/** @returns what `execute` brings with `context`, or an error if it is late. */
export function withinTime<Result>(
  execute: () => Result | Promise<Result>,
  { db }: Pick<Context, 'db'>,
): Result | Promise<Result | ExecutionResult> {
  const result = execute();
  // What is there already is not late.
  if (!(result instanceof Promise)) return result;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const error = unavailable(
        'This operation took too long, and was given up. Ask for less at a time, or try again.',
      );
      db.end(error);
      resolve({ errors: [error] });
    }, QUERY_TIMEOUT_MS);
    result.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
