/** Servers with one fault each, made on purpose: a proof that finds nothing wrong with them proves nothing. */
export interface BrokenBuild {
  name: string;
  /** From the root of the project. */
  file: string;
  /** Stands there exactly once. */
  find: string;
  replace: string;
}

export const BROKEN_BUILDS: readonly BrokenBuild[] = [
  {
    name: 'answers without acknowledgements',
    file: 'src/cache/instance.ts',
    find: "if (!this.#parts.isSole && consistency === 'strict')",
    replace: 'if (Date.now() < 0)',
  },
  {
    name: 'stores whatever a slow fill brings, and believes Redis',
    file: 'src/cache/knowledge.ts',
    find: 'return this.#findChange(entry, 0);',
    replace: 'return null;',
  },
  {
    name: 'leases never end',
    file: 'src/cache/lease.ts',
    find: 'if (now >= this.#until) return false;',
    replace: 'if (this.#until > -Infinity) return true;',
  },
  {
    name: 'tells nobody',
    file: 'src/cache-engine.ts',
    find: 'onHit: watch.onHit,',
    replace: 'onHit: () => undefined,',
  },
  {
    name: 'hears of writes by the bus alone',
    file: 'src/cache/instance.ts',
    find: 'hasNews = this.#apply(event, null) || hasNews;',
    replace: '',
  },
  {
    name: 'everyone executes',
    file: 'src/cache/flights.ts',
    find: 'if (!flight) return {',
    replace: 'if (Date.now() > 0 || !flight) return {',
  },
  {
    name: 'waits for Redis',
    file: 'src/cache/redis/guard.ts',
    find: 'export const LIMIT_MS = 50;',
    replace: 'export const LIMIT_MS = 5_000;',
  },
  {
    name: 'ends at once',
    file: 'src/serve.ts',
    find: 'await wait(lingerMs);',
    replace: '',
  },
  {
    name: 'has no front',
    file: 'src/app.ts',
    find: 'const front = cache.before?.({',
    replace: 'const front = (Date.now() > 0 ? undefined : cache.before)?.({',
  },
  {
    name: 'parses every request',
    file: 'src/serve.ts',
    find: 'app.attach(server);',
    replace: '',
  },
  {
    name: 'looks for keys',
    file: 'src/cache/redis/redis-bus.ts',
    find: 'publish: (message) => say(EVERYONE, message),',
    replace:
      "publish: (message) => void (connection as Redis).keys('larder:*').catch(() => []).then(() => say(EVERYONE, message)),",
  },
  {
    name: 'waits for slow clients',
    file: 'src/serve.ts',
    find: 'const HEADERS_MS = 10_000;',
    replace: 'const HEADERS_MS = 30_000;',
  },
  {
    name: 'slow clients take places',
    file: 'src/admission/shed.ts',
    find: 'await wholeRequest(request, MAX_BODY_BYTES);',
    replace: 'if (Date.now() < 0) await wholeRequest(request, MAX_BODY_BYTES);',
  },
  {
    name: 'makes much of every byte',
    file: 'src/serve.ts',
    find: 'app.attach(server);',
    replace: `app.attach(server);
      server.on('connection', (socket) => socket.on('data', () => { for (const end = performance.now() + 0.5; performance.now() < end;); }));`,
  },
  {
    name: 'keeps the places of who has gone',
    file: 'src/admission/shed.ts',
    find: "socket.once('close', () => leaves.forEach((leave) => leave()));",
    replace: '',
  },
  {
    name: 'remembers every connection',
    file: 'src/serve.ts',
    find: 'app.attach(server);',
    replace: `app.attach(server);
      const kept = [];
      server.on('connection', (socket) => kept.push(socket));`,
  },
  {
    name: 'overhears that a client is done',
    file: 'src/serve.ts',
    find: 'app.attach(server);',
    replace: `app.attach(server);
      server.on('connection', (socket) => socket.removeAllListeners('end'));`,
  },
  {
    name: 'ends with the first broken request',
    file: 'src/serve.ts',
    find: 'app.attach(server);',
    replace: `app.attach(server);
      server.on('clientError', (error) => { throw error; });`,
  },
  {
    name: 'reads past the end of a request',
    file: 'src/sockets/connection.ts',
    find: 'if (chunk.length !== bytes.length + contentLength) return UNTRIED;',
    replace: 'chunk = chunk.subarray(0, bytes.length + contentLength);',
  },
  {
    name: 'repeats what it was told',
    file: 'src/graphql/request-id.ts',
    find: 'HARMLESS.test(given) ? given : newRequestId()',
    replace: 'given || newRequestId()',
  },
  {
    name: 'follows variables as deep as they go',
    file: 'src/graphql/request-parameters.ts',
    find: 'if (isDeeper(params[name]))',
    replace: 'if (isDeeper(params[name], Infinity))',
  },
  {
    name: 'counts alone',
    file: 'src/app.ts',
    find: 'shared: redis && countIn(',
    replace: 'shared: (redis ? null : null) && countIn(',
  },
  {
    name: 'tells of hits when they are given away',
    file: 'src/admission/budgets.ts',
    find: 'const UNTOLD_SHARE = 0.002;',
    replace: 'const UNTOLD_SHARE = 1;',
  },
  {
    name: 'keeps something of each hit',
    file: 'src/cache-engine.ts',
    find: 'onHit: watch.onHit,',
    replace: 'onHit: (hit) => { (globalThis.kept ??= []).push(Buffer.alloc(8_192, 1)); watch.onHit(hit); },',
  },
];

export function brokenBuild(name: string): BrokenBuild {
  const found = BROKEN_BUILDS.find((build) => build.name === name);
  if (found) return found;
  throw new Error(
    `There is no broken build "${name}"; there are: ${BROKEN_BUILDS.map(({ name }) => name).join(', ') || 'none'}.`,
  );
}
