/** What no answer may show, whatever was asked. */
import { SECRET } from '../fleet/server.js';
import type { Exchange } from './exchange.js';
import { CANARY, type Case } from './requests.js';

/** Traces, places, statements, settings, and what others said in confidence. */
const INSIDE = new RegExp(
  [
    ...[CANARY, SECRET, 'node_modules', 'originalError', 'INTERNAL_SERVER_ERROR', '[Pp]risma', 'ECONN', 'ENOENT'],
    ...[
      '\\bat .+:\\d+:\\d+',
      '\\bSELECT\\b.+\\bFROM\\b',
      '/(src|dist|tmp|home|usr)/',
      'larder-build',
      'postgres(ql)?:',
    ],
    ...['redis:', 'DATABASE_URL', 'AUTH_SECRET', '\\bat async\\b', 'TypeError', 'RangeError', 'undefined \\('],
  ].join('|'),
);
/** See src/admission/shed.ts. */
const SHED = 'too much to do';

/** What is wrong with what came back, in words; nothing if all is as it should be. */
export function findingsOf({ requests, mayEnd }: Case, { answers, text, fault }: Exchange): string[] {
  const findings: string[] = fault === null ? [] : [fault];
  const [inside] = INSIDE.exec(text) ?? [];
  if (inside !== undefined) findings.push(`shows ${inside}`);
  const shown = answers.filter(({ status, body }) => status >= 500 && !body.includes(SHED));
  findings.push(...shown.map(({ status }) => `status ${status}`));
  requests.forEach(({ body }, index) => {
    const answer = answers[index];
    if (body === null || answer === undefined) return;
    // A parser that cannot go on says so in place of an answer that is not made yet.
    if (mayEnd && answer.status === 400) return;
    if (answer.status !== 200 || answer.body !== body) findings.push('another answer than that of the request');
  });
  if (mayEnd || fault !== null) return findings;
  // Before the first that is wrong nothing may end the connection.
  const firstWrong = requests.findIndex(({ body }) => body === null);
  const owed = firstWrong < 0 ? requests.length : firstWrong;
  if (answers.length < owed) findings.push(`${answers.length} answers to ${owed} right requests`);
  return findings;
}

/** In the log, which operators read. */
export const isInLog = (log: string): boolean => log.includes(CANARY) || log.includes(SECRET);
