/* RESULTS.md: what was promised and whether it holds, then all that was measured. */
import { cpus } from 'node:os';

/** @param found what the parts of the bench return: `{ goals, rows, tables }`, the last two where there are any. */
export function resultsPage(found, { rounds, requests, connections }) {
  return [
    '# Results',
    '',
    `Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}; do not edit. ${cpus()[0].model}, ${cpus().length} cores, shared; Node ${process.version}.`,
    `${rounds} rounds of ${requests} requests over ${connections} connections, interleaved; medians. How: [README.md](README.md).`,
    '',
    '![What a request costs each server](results.svg)',
    '',
    '## Goals',
    '',
    ...table(
      ['what', 'server', 'goal', 'seen', ''],
      found
        .flatMap(({ goals }) => goals)
        .map(({ what, server, goal, seen, isMet }) => [what, server, goal, seen, isMet ? 'met' : '**missed**']),
    ),
    '',
    '## Requests',
    '',
    ...table(
      ['case', 'bytes', 'server', 'CPU µs', 'limit ÷ it', 'beside', 'requests/s', 'p50 ms', 'p99 ms'],
      found.flatMap(({ rows = [] }) => rows).map(cellsOf),
    ),
    ...found
      .flatMap(({ tables = [] }) => tables)
      .flatMap(({ title, heads, rows }) => ['', `## ${title}`, '', ...table(heads, rows)]),
    '',
  ].join('\n');
}

const cellsOf = ({ name, bytes, server, cpu, ofLimit, beside, perSecond, p50, p99 }) => [
  name,
  bytes,
  server,
  cpu.toFixed(1),
  ofLimit === null ? '' : ofLimit.toFixed(2),
  beside ? `${beside.ratio.toFixed(2)} × ${beside.best}` : '',
  Math.round(perSecond),
  Math.round(p50),
  Math.round(p99),
];

const table = (heads, rows) => [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
