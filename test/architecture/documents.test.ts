import { expect, test } from 'vitest';
import { ERROR_CODES } from '../../src/errors.js';
import { read, sources } from './sources.js';

const all = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1]!).sort();

test('.env.example names the variables that config.ts reads, and no others', () => {
  const known = all(read('src/config.ts'), /^ {2,4}([A-Z][A-Z0-9_]+):/gm);
  expect(known).toContain('DATABASE_URL');
  expect(all(read('.env.example'), /^#? ?([A-Z][A-Z0-9_]+)=/gm)).toEqual(known);
});

test('docs/errors.md has every error code with its status, and no others', () => {
  const rows = all(read('docs/errors.md'), /^\| (`[A-Z_]+` \| \d+) \|/gm);
  expect(rows).toEqual(
    Object.entries(ERROR_CODES)
      .map(([code, { status }]) => `\`${code}\` | ${status}`)
      .sort(),
  );
});

test('docs/SECURITY.md names tests that there are, and settings that are read', () => {
  const text = read('docs/SECURITY.md');
  const named = all(text, /`(test\/[^`]+)`/g);
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((path) => !sources('test').includes(path))).toEqual([]);
  const settings = all(read('src/config.ts'), /^ {2,4}([A-Z][A-Z0-9_]+):/gm);
  const told = all(text, /`([A-Z][A-Z_]{5,})(?:=\w+)?`/g).filter((name) => name.includes('_'));
  expect(told.filter((name) => !settings.includes(name))).toEqual([]);
});

test('the alert and the chart of the hit rate divide by what was looked up, as the dashboard does, and not by mutations', () => {
  const rate =
    /larder_requests_total\{status=~\\?"hit\|stale\\?"\}\[\d+m\]\)\) \/ sum\(rate\(larder_requests_total\{status=~\\?"hit\|stale\|miss\\?"\}/;
  for (const path of ['ops/alerts.yml', 'ops/grafana-dashboard.json']) expect(read(path)).toMatch(rate);
});

test('the Grafana dashboard shows all that an alert is of', () => {
  const names = (path: string) => new Set(all(read(path), /\b(larder_[a-z_]+)/g));
  const shown = names('ops/grafana-dashboard.json');
  expect(shown.size).toBeGreaterThan(10);
  expect([...names('ops/alerts.yml')].filter((name) => !shown.has(name))).toEqual([]);
});

test('what the Grafana dashboard shows of each instance it shows of each of its workers', () => {
  const legends = all(
    read('ops/grafana-dashboard.json'),
    /"expr": "(?!larder_workers_missing).*",\n *"legendFormat": "(.*\{\{instance\}\}.*)"/g,
  );
  expect(legends.length).toBeGreaterThan(4);
  expect(legends.filter((legend) => !legend.includes('{{instance}} {{worker}}'))).toEqual([]);
});

test('no alert is of hosts that anybody may name', () => {
  expect(read('ops/alerts.yml')).toMatch(/larder_breaker_state\{[^}]*breaker!="token-hosts"/);
});

test('the image, the proofs and the bench start Node.js as "npm start" does', () => {
  const flags = (path: string) => all(read(path), /(--max-semi-space-size=\d+)/g);
  const [flag] = all(read('package.json'), /"start": "[^"]*(--max-semi-space-size=\d+)/g);
  expect(flag).toBeDefined();
  for (const path of ['Dockerfile', 'test/prove/fleet/server.ts', 'bench/process.mjs'])
    expect(flags(path)).toEqual([flag]);
});
