import { expect, test } from 'vitest';
import { startChild } from '../support/child.js';

async function loaded(env: Record<string, string>): Promise<string[]> {
  const child = startChild('test/support/loaded-packages.ts', [], {
    NODE_ENV: 'test',
    AUTH_SECRET: 'a secret that only the tests know of',
    DATABASE_URL: 'memory://',
    ...env,
  });
  const { code, output } = await child.ended;
  expect(code, output).toBe(0);
  return (JSON.parse(/^\{"loaded".*$/m.exec(output)![0]) as { loaded: string[] }).loaded;
}

test(
  'what sends traces is loaded where OTEL_EXPORTER_OTLP_ENDPOINT is set, and nowhere else',
  { timeout: 120_000 },
  async () => {
    // What counts metrics has the interface, which does nothing by itself.
    expect((await loaded({})).filter((name) => name !== 'api')).toEqual([]);
    const packages = await loaded({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' });
    expect(packages).toEqual(expect.arrayContaining(['sdk-trace', 'exporter-trace-otlp-http']));
  },
);
