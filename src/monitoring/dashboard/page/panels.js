/** Everything but the charts: each panel is written from one report. */
import { byId, element, keep, setText } from './dom.js';
import { bytes, clock, count, duration, milliseconds, percent, reasonWords, shortId } from './format.js';

const MAX_ROWS = 12;
const MAX_CHANGES = 60;
const MAX_TAGS = 3;
/** Rows change places no more often than this. */
const REORDER_MS = 5_000;

export function createPanels() {
  let order = 'requests';
  let orderedAt = 0;
  let sequence = [];
  let isPaused = false;
  let latest = null;

  byId('order').addEventListener('change', ({ target }) => {
    order = target.value;
    orderedAt = 0;
    if (latest) operations(latest);
  });
  byId('pause').addEventListener('click', ({ currentTarget }) => {
    isPaused = !isPaused;
    currentTarget.setAttribute('aria-pressed', String(isPaused));
    setText(currentTarget, isPaused ? 'Resume' : 'Pause');
    if (latest) changes(latest);
  });

  function operations({ operations: all }) {
    const table = byId('operations');
    const keyOf = ({ hash, name }) => `${hash} ${name}`;
    if (Date.now() - orderedAt > REORDER_MS && (orderedAt === 0 || !table.matches(':hover'))) {
      orderedAt = Date.now();
      sequence = [...all].sort((a, b) => (b[order] ?? -1) - (a[order] ?? -1)).map(keyOf);
    }
    const places = new Map(sequence.map((key, index) => [key, index]));
    const place = (operation) => places.get(keyOf(operation)) ?? Infinity;
    const shown = [...all].sort((a, b) => place(a) - place(b)).slice(0, MAX_ROWS);
    keep(table, shown, { key: keyOf, make: makeOperation, fill: fillOperation });
    byId('operations-empty').hidden = all.length > 0;
  }

  function changes({ changes: all }) {
    if (isPaused) return;
    keep(byId('changes'), all.slice(0, MAX_CHANGES), {
      key: ({ number }) => number,
      make: makeChange,
      fill(node, { purged }) {
        setText(node.querySelector('.purged'), purged === 0 ? '' : `${count(purged)} purged`);
      },
    });
    byId('changes-empty').hidden = all.length > 0;
  }

  return function show(report) {
    latest = report;
    head(report);
    alerts(report);
    tiles(report);
    operations(report);
    changes(report);
    reasons(report);
    fleet(report);
    facts(report);
  };
}

function head({ instance: { id, version, engine, uptimeSeconds, worker, workers } }) {
  const name = id ? `instance ${shortId(id)} · ` : '';
  // The others have figures of their own.
  const place = worker === null ? '' : `worker ${worker}, one of ${workers} · `;
  setText(byId('instance'), `${name}${place}v${version} · ${engine} · up ${duration(uptimeSeconds)}`);
}

function alerts({ alerts: all }) {
  keep(byId('alerts'), all, {
    key: ({ id }) => id,
    make: ({ severity }) => element('div', { class: `alert ${severity}` }, element('strong'), element('p')),
    fill(node, { title, advice }) {
      setText(node.firstChild, title);
      setText(node.lastChild, advice);
    },
  });
}

function tiles({ traffic: { lastMinute }, cache }) {
  const { requests, hitRate, p95, p50, errors, memory, remote } = lastMinute;
  const hits = memory + remote;
  const all = [
    ['Hit rate', percent(hitRate), hits === 0 ? 'last minute' : `${Math.round((100 * memory) / hits)} % from memory`],
    ['Requests', `${(requests / 60).toFixed(requests < 600 ? 1 : 0)} /s`, `${count(requests)} in the last minute`],
    ['p95', milliseconds(p95), `p50 ${milliseconds(p50)}`],
    ['Errors', count(errors), requests === 0 ? 'last minute' : `${percent(errors / requests)} of requests`],
    ...(cache
      ? [['Stored', count(cache.memory.entries), `${bytes(cache.memory.bytes)} of ${bytes(cache.memory.maxBytes)}`]]
      : []),
  ];
  keep(byId('tiles'), all, {
    key: ([label]) => label,
    make: ([label]) =>
      element(
        'div',
        { class: 'tile' },
        element('dt', { text: label }),
        element('dd', { class: 'big' }),
        element('dd', { class: 'quiet' }),
      ),
    fill(node, [, value, more]) {
      setText(node.children[1], value);
      setText(node.children[2], more);
    },
  });
}

function makeOperation({ name, hash, kind }) {
  const cell = (className) => element('td', { class: className });
  const meter = element('span', { class: 'meter', 'aria-hidden': 'true' }, element('span'));
  return element(
    'tr',
    {},
    element(
      'th',
      { scope: 'row' },
      element('span', { class: 'name', text: name ?? (hash ? 'without a name' : 'unreadable') }),
      element('span', { class: 'quiet', text: [kind === 'query' ? null : kind, hash].filter(Boolean).join(' · ') }),
    ),
    cell('number'),
    element('td', { class: 'rate' }, element('span', { class: 'rate-text' }), meter),
    ...['number wide', 'number', 'number wide', 'number wide', 'number wide'].map(cell),
  );
}

function fillOperation(row, { requests, hitRate, p50, p95, p99, statements, purged }) {
  const [, asked, rate, ...others] = row.children;
  setText(asked, count(requests));
  setText(rate.firstChild, percent(hitRate));
  const width = `${Math.round((hitRate ?? 0) * 100)}%`;
  const bar = rate.querySelector('.meter > span');
  if (bar.style.width !== width) bar.style.width = width;
  rate.classList.toggle('none', hitRate === null);
  const texts = [
    milliseconds(p50),
    milliseconds(p95),
    milliseconds(p99),
    statements === null ? '–' : String(statements),
    count(purged),
  ];
  others.forEach((cell, index) => setText(cell, texts[index]));
}

/** A row says more than its table, and a table more than one of its groups. */
const weight = (tag) => (tag.includes(':') ? 0 : tag.includes('[') ? 2 : 1);

function makeChange({ at, tags, moreTags }) {
  const shown = [...tags].sort((a, b) => weight(a) - weight(b)).slice(0, MAX_TAGS);
  const left = moreTags + tags.length - shown.length;
  const more = left > 0 ? [element('span', { class: 'quiet', text: `and ${left} more` })] : [];
  return element(
    'li',
    {},
    element('time', { text: clock(at), datetime: new Date(at).toISOString() }),
    element('span', { class: 'tags' }, ...shown.map((tag) => element('code', { text: tag })), ...more),
    element('span', { class: 'purged' }),
  );
}

function reasons({ reasons: all }) {
  const most = Math.max(1, ...all.map(({ count: times }) => times));
  keep(byId('reasons'), all.slice(0, 8), {
    key: ({ reason }) => reason,
    make: ({ reason }) =>
      element(
        'li',
        {},
        element('span', { text: reasonWords(reason) }),
        element('span', { class: 'number' }),
        element('span', { class: 'meter', 'aria-hidden': 'true' }, element('span')),
      ),
    fill(node, { count: times }) {
      setText(node.children[1], count(times));
      node.querySelector('.meter > span').style.width = `${(times / most) * 100}%`;
    },
  });
  byId('reasons-empty').hidden = all.length > 0;
}

function fleet({ fleet: members, cache }) {
  const alone = [{ id: 'alone', isThis: true, beat: null, isSilent: false }];
  keep(byId('fleet'), members.length > 0 ? members : alone, {
    key: ({ id }) => id,
    make: ({ id, isThis }) =>
      element(
        'tr',
        {},
        element(
          'th',
          { scope: 'row' },
          element('span', { class: 'name', text: id === 'alone' ? 'This instance' : shortId(id) }),
          element('span', {
            class: 'quiet',
            text: id === 'alone' ? 'alone' : isThis ? 'this one' : '',
          }),
        ),
        element('td', {}, element('span', { class: 'state' })),
        element('td', { class: 'number' }),
      ),
    fill(row, { isThis, isSilent, beat }) {
      const isWell = isThis && cache ? cache.isLive : !isSilent;
      const state = row.querySelector('.state');
      state.classList.toggle('bad', !isWell);
      setText(state, isWell ? 'live' : isThis ? 'none' : 'silent');
      setText(row.lastChild, beat === null ? '–' : count(beat));
    },
  });
}

function facts({ cache, redis, pool, breakers, instance, traffic }) {
  const breakerText = breakers.map(({ name, state }) => `${name} ${state}`).join(', ');
  const all = [
    ['Lease', cache ? (cache.isLive ? 'live' : 'none') : 'not used', cache?.isLive === false],
    ['Capture of writes', cache?.fault ? 'faulty' : 'complete', Boolean(cache?.fault)],
    ['Changes remembered', cache ? count(cache.knownChanges) : '–', false],
    [
      'Ledger heard of',
      cache?.ledgerAgeMs == null ? '–' : `${milliseconds(cache.ledgerAgeMs)} ago`,
      cache?.ledgerAgeMs > 1_500,
    ],
    ...(pool ? [['Database connections', `${pool.connections} · ${pool.waiting} waiting`, pool.waiting > 0]] : []),
    [
      'Redis',
      redis ? `${redis.state} · ${milliseconds(redis.pingMs)}` : 'not configured',
      redis !== null && redis.state !== 'ready',
    ],
    ['Breakers', breakerText || 'none', breakers.some(({ state }) => state !== 'closed')],
    ['Event loop, p99', milliseconds(instance.eventLoopDelayMs), (instance.eventLoopDelayMs ?? 0) > 200],
    ['Memory of the process', bytes(instance.rssBytes), false],
    ['Consistency', instance.consistency, false],
    ['Figures since', clock(traffic.since), false],
  ];
  keep(byId('facts'), all, {
    key: ([label]) => label,
    make: ([label]) => element('div', {}, element('dt', { text: label }), element('dd')),
    fill(node, [, value, isBad]) {
      setText(node.lastChild, value);
      node.lastChild.classList.toggle('bad', isBad);
    },
  });
}
