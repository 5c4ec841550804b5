/**
 * What the cache did for the last response, below the editor: each request that GraphiQL sends asks for the explanation (X-Cache-Explain), which is taken
 * out of the result and said in words.
 */
(() => {
  const send = window.fetch.bind(window);

  window.fetch = async (target, options = {}) => {
    const isOurs = options.method === 'POST' && new URL(String(target), location.href).pathname === '/graphql';
    if (!isOurs) return send(target, options);
    const headers = new Headers(options.headers);
    headers.set('x-cache-explain', '1');
    const response = await send(target, { ...options, headers });
    if (!/json/.test(response.headers.get('content-type') ?? '')) return response;
    const result = await response.clone().json();
    if (isIntrospection(options.body)) return plain(response, result);
    show(result.extensions?.cache ?? null);
    return plain(response, result);
  };

  const isIntrospection = (body) => typeof body === 'string' && body.includes('__schema');

  function plain({ status, statusText, headers }, { extensions, ...result }) {
    const others = Object.fromEntries(Object.entries(extensions ?? {}).filter(([name]) => name !== 'cache'));
    const kept = Object.keys(others).length > 0 ? { ...result, extensions: others } : result;
    const left = new Headers(headers);
    for (const name of ['content-length', 'content-encoding']) left.delete(name);
    return new Response(JSON.stringify(kept), { status, statusText, headers: left });
  }

  function element(name, text, ...children) {
    const node = document.createElement(name);
    if (text !== null) node.textContent = text;
    node.append(...children);
    return node;
  }

  const HEADLINES = {
    HIT: 'Hit: answered from the cache',
    STALE: 'Stale: an older answer',
    MISS: 'Miss: executed',
    BYPASS: 'Bypass: not a matter for the cache',
  };

  function show(cache) {
    const panel = document.getElementById('cache-panel') ?? create();
    const [summary, facts] = panel.children;
    summary.textContent = cache ? HEADLINES[cache.status] : 'The cache says nothing: send the token of an admin';
    panel.dataset.status = cache?.status ?? '';
    facts.replaceChildren(
      ...factsOf(cache).map(([term, value]) => element('div', null, element('dt', term), element('dd', value))),
    );
  }

  function factsOf(cache) {
    if (!cache) return [];
    const { reason, stored, tier, scope, privateBy, ttl, maxAge, setBy, age, tags = [], columns = {} } = cache;
    return [
      [
        'Why',
        reason ? (reason.message ?? reason.kind) : cache.status === 'HIT' ? `found in ${tier}, ${age} s old` : null,
      ],
      ['Stored', stored === undefined ? null : stored ? 'yes' : 'no'],
      ['Lives', maxAge === undefined ? null : `${maxAge} s, set by ${setBy ?? 'nothing'}; ${ttl} s left`],
      [
        'For',
        scope === 'PRIVATE' ? `this viewer alone, because of ${privateBy}` : scope === 'PUBLIC' ? 'everyone' : null,
      ],
      [
        'Purged by',
        tags.length === 0 ? null : `a write to ${tags.map((tag) => wordsOf(tag, columns[tag] ?? [])).join('; ')}`,
      ],
    ].filter(([, value]) => value !== null);
  }

  /** `*`: rows that come or go. */
  function wordsOf(tag, looked) {
    const named = looked.filter((column) => column !== '*');
    const parts = [named.join(', '), looked.includes('*') ? 'which rows there are' : ''].filter(Boolean);
    return `${tag} (${parts.join(' and ')})`;
  }

  function create() {
    const panel = element('details', null, element('summary', ''), element('dl', null));
    panel.id = 'cache-panel';
    panel.setAttribute('aria-label', 'What the cache did');
    document.body.append(panel);
    return panel;
  }
})();
