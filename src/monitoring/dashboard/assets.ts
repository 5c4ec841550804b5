/** The files of the dashboard's page, read once. They show nothing by themselves: what is shown comes from the stream, for a token. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { HASHES_MODULE } from './documents.js';

export interface Asset {
  readonly type: string;
  readonly content: Buffer;
  readonly tag: string;
}

const CHARTS = createRequire(import.meta.url)
  .resolve('uplot/package.json')
  .replace(/package\.json$/, 'dist/');
const PAGE = new URL('./page/', import.meta.url);

const SCRIPT = 'text/javascript; charset=utf-8';
const STYLE = 'text/css; charset=utf-8';
const ASSETS: Readonly<Record<string, readonly [source: string | URL | Buffer, type: string]>> = {
  '/dashboard': [new URL('index.html', PAGE), 'text/html; charset=utf-8'],
  '/dashboard/dashboard.css': [new URL('dashboard.css', PAGE), STYLE],
  '/dashboard/icon.svg': [new URL('icon.svg', PAGE), 'image/svg+xml'],
  ...Object.fromEntries(
    ['main', 'actions', 'charts', 'dom', 'format', 'panels', 'stream'].map((name) => [
      `/dashboard/${name}.js`,
      [new URL(`${name}.js`, PAGE), SCRIPT] as const,
    ]),
  ),
  '/dashboard/hashes.js': [Buffer.from(HASHES_MODULE), SCRIPT],
  '/dashboard/uplot.js': [`${CHARTS}uPlot.esm.js`, SCRIPT],
  '/dashboard/uplot.css': [`${CHARTS}uPlot.min.css`, STYLE],
};

const read = new Map<string, Asset>();

/** Null for a path that names none. */
export function assetAt(path: string): Asset | null {
  const known = read.get(path);
  if (known) return known;
  if (!Object.hasOwn(ASSETS, path)) return null;
  const [source, type] = ASSETS[path]!;
  const content = Buffer.isBuffer(source) ? source : readFileSync(source);
  const asset = { type, content, tag: `"${createHash('sha256').update(content).digest('base64url').slice(0, 16)}"` };
  read.set(path, asset);
  return asset;
}

/** Nothing from elsewhere, nothing inline, in nobody's frame, and no text that becomes script. */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');
