/** What the server tells of itself: where it is told (`src/monitoring/observation.ts`), and by whom. */
import type { Logger } from 'pino';
import type { Watch } from './cache-engine.js';
import type { Viewer } from './graphql/context.js';
import { requestIdOf } from './graphql/request-id.js';
import { frontOperation } from './monitoring/front-operation.js';
import { Observations } from './monitoring/observation.js';
import { OperationObserver } from './monitoring/observe-operations.js';
import { documentDigest } from './response-cache/document-digest.js';
import { type CheckedHit, entryOfHit } from './response-cache/hit-checker.js';
import { isReplay, textOf } from './response-cache/replays.js';
import { factsOf } from './response-cache/report.js';

/** @param offer takes hits, of which some are executed afresh. */
export function createObserver(logger: Logger, offer: (hit: CheckedHit) => void) {
  const observations = new Observations((error) => logger.error({ err: error }, 'what watches the server has failed'));
  const observer = new OperationObserver({
    observations,
    requestIdOf,
    isOurs: isReplay,
    digestOf: documentDigest,
    monotonicMs: () => performance.now(),
  });
  const watch: Watch = {
    onHit(hit) {
      const { requestId, operation, viewer, httpStatus, durationMs } = hit;
      const { name, digest } = operation;
      const subject = (viewer as Viewer | null)?.subject ?? null;
      const answered = { requestId, name, digest, viewer: subject, httpStatus, durationMs };
      observations.emit('operation', frontOperation(answered));
      offer(hit);
    },
    onAnswer(answer) {
      const { requestId, question, viewer, httpStatus, durationMs, report, work, cost } = answer;
      const { operationName, document } = question;
      const subject = (viewer as Viewer | null)?.subject ?? null;
      const answered = { requestId, name: operationName, digest: document, viewer: subject, httpStatus, durationMs };
      const { statements, slowStatements, batches } = work;
      const paid = { statements, slowStatements, batches, cost };
      observations.emit('operation', frontOperation(answered, factsOf(report), paid));
      const entry = entryOfHit(report);
      if (entry) offer({ text: answer.text, authorization: answer.authorization, entry });
    },
    told(request, report, params) {
      observer.noteCaching(request, factsOf(report));
      const entry = isReplay(request) ? null : entryOfHit(report);
      if (!entry) return;
      offer({
        get text() {
          return textOf(params);
        },
        authorization: request.headers.get('authorization') ?? undefined,
        entry,
      });
    },
    instance(report) {
      switch (report.kind) {
        case 'learnt':
          observations.emit('change', {
            tags: [...new Set(report.changes.map(({ tag }) => tag))],
            lagMs: report.ageMs,
          });
          return;
        case 'joined':
        case 'expelled':
        case 'written':
        case 'missed':
        case 'hindered':
          return;
        default:
          observations.emit('instance', report);
      }
    },
  };
  return { observations, observer, watch };
}
