/** Questions that are asked again and again, so that their answers are in the cache when something is written. */
import { type DocumentNode, Kind, parse, print, visit } from 'graphql';
import { type Reply, VIEWERS, type Viewer } from '../asking.js';
import { walkAnswer } from '../operations/answer.js';
import { drawOperation } from '../operations/draw-operation.js';
import type { Operation } from '../operations/operation.js';
import type { Source } from '../operations/source.js';
import type { Aim } from './aims.js';

export interface Question {
  readonly operation: Operation;
  readonly viewer: Viewer;
  readonly document: DocumentNode;
  /** The answer that the cache should have by now; null if it was not asked, or would not keep it. */
  kept: string | null;
  /** What its statements read; none until it was asked. */
  aims: readonly Aim[];
}

const newQuestion = (operation: Operation, viewer: Viewer): Question => ({
  operation,
  viewer,
  document: parse(operation.document),
  kept: null,
  aims: [],
});

/** What is in workspaces is for those who belong to one, and for admins. */
export function drawQuestion(source: Source): Question {
  const operation = drawOperation(source);
  const isAboutWorkspaces = /workspace|viewer/i.test(operation.document);
  const isAdmin = isAboutWorkspaces && source.random.chance(0.5);
  const viewers = VIEWERS.filter((viewer) => !isAdmin || viewer?.role === 'ADMIN');
  return newQuestion(operation, source.random.pick(viewers));
}

/** The same, as something that the cache does not know yet. */
export function askedAnew({ document, operation, viewer }: Question, number: number): Question {
  const rename = (name: string | undefined) => ({ kind: Kind.NAME, value: `${name ?? 'Anew'}${number}` }) as const;
  const renamed = visit(document, {
    OperationDefinition: (node) => ({ ...node, name: rename(node.name?.value) }),
  });
  const name = operation.operationName;
  return newQuestion(
    { ...operation, document: print(renamed), operationName: name === null ? null : rename(name).value },
    viewer,
  );
}

/** Remembers what an answer teaches: cursors, and which fields were answered. */
export function learn({ schema, coverage, cursors }: Source, { document, operation }: Question, { data }: Reply): void {
  if (!data) return;
  walkAnswer(schema, document, { data, operationName: operation.operationName }, (answered) => {
    coverage.see(answered);
    cursors.see(answered, operation.variables);
  });
}

/** No engine keeps an answer that says BYPASS or holds an error. */
export const mayBeKept = ({ cache, status, text }: Reply): boolean =>
  cache !== 'BYPASS' && status === 200 && text.endsWith('"errors":null}');
