/** Two charts over time. Colours come from the style sheet, so they follow light and dark. */
import uPlot from './uplot.js';
import { byId, element } from './dom.js';
import { milliseconds, percent } from './format.js';

/** From the bottom to the top. */
const TIERS = [
  { key: 'memory', label: 'Memory', color: '--memory' },
  { key: 'remote', label: 'Redis', color: '--redis' },
  { key: 'stale', label: 'Stale', color: '--stale' },
  { key: 'miss', label: 'Miss', color: '--miss' },
  { key: 'bypass', label: 'Bypass', color: '--bypass' },
];
const QUANTILES = [
  { key: 'p50', label: 'p50', color: '--p50' },
  { key: 'p95', label: 'p95', color: '--p95' },
];
const SPANS = { seconds: { points: 300, perSecond: 1 }, tens: { points: 360, perSecond: 0.1 } };
const HEIGHT = 200;
const LABEL_EVERY_MS = 10_000;

export function createCharts() {
  const history = { seconds: [], tens: [] };
  let span = 'seconds';
  let charts = [];
  let labelledAt = 0;

  legend('legend-tiers', TIERS);
  legend('legend-latency', QUANTILES);

  const points = () => history[span];

  function tierData() {
    const { perSecond } = SPANS[span];
    const sums = points().map(() => 0);
    const stacked = TIERS.map(({ key }) => points().map((point, index) => (sums[index] += point[key] * perSecond)));
    // The highest is drawn first, and covered by the lower ones.
    return [points().map(({ at }) => at / 1_000), ...stacked.reverse()];
  }

  const latencyData = () => [
    points().map(({ at }) => at / 1_000),
    ...QUANTILES.map(({ key }) => points().map((point) => point[key])),
  ];

  function draw() {
    for (const { chart } of charts) chart.destroy();
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    const filled = [...TIERS].reverse().map(({ label, color }) => ({
      label,
      stroke: colour(color),
      fill: colour(color),
      width: 0,
      points: { show: false },
    }));
    const lines = QUANTILES.map(({ label, color }) => ({
      label,
      stroke: colour(color),
      width: 2,
      spanGaps: true,
      points: { show: false },
    }));
    charts = [
      plot('chart-tiers', filled, tierData, colour, (value) => String(value)),
      plot('chart-latency', lines, latencyData, colour, (value) => (value < 1 ? value.toFixed(1) : String(value))),
    ];
  }

  function refresh() {
    for (const { chart, data } of charts) chart.setData(data());
    const last = points().slice(-60);
    if (Date.now() - labelledAt < LABEL_EVERY_MS || last.length === 0) return;
    labelledAt = Date.now();
    const sum = (key) => last.reduce((total, point) => total + point[key], 0);
    const hits = sum('memory') + sum('remote') + sum('stale');
    const lookedUp = hits + sum('miss');
    const rate = percent(lookedUp === 0 ? null : hits / lookedUp);
    const slowest = Math.max(0, ...last.map(({ p95 }) => p95 ?? 0));
    byId('chart-tiers').setAttribute('aria-label', `Requests by tier over time. Hit rate of the last points: ${rate}.`);
    byId('chart-latency').setAttribute(
      'aria-label',
      `Time to answer over time. Highest p95: ${milliseconds(slowest)}.`,
    );
  }

  new ResizeObserver(() => {
    for (const { chart, place } of charts) chart.setSize({ width: place.clientWidth, height: HEIGHT });
  }).observe(byId('chart-tiers'));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  for (const input of document.querySelectorAll('input[name="span"]'))
    input.addEventListener('change', () => {
      span = input.value;
      refresh();
    });

  return {
    begin({ seconds, tens }) {
      Object.assign(history, { seconds, tens });
      if (charts.length === 0) draw();
      refresh();
    },
    add(point) {
      const last = history.seconds.at(-1);
      if (!point || (last && point.at <= last.at)) return;
      history.seconds = [...history.seconds, point].slice(-SPANS.seconds.points);
      const started = Math.floor(point.at / 10_000) * 10_000;
      // Every ten seconds; what is in between shows in the other span.
      if (point.at - started === 9_000) history.tens = [...history.tens, sumOf(history.seconds, started)].slice(-360);
      refresh();
    },
  };
}

function sumOf(seconds, at) {
  const own = seconds.filter((point) => point.at >= at);
  const sum = (key) => own.reduce((total, point) => total + point[key], 0);
  const max = (key) => own.reduce((most, point) => (point[key] > (most ?? -1) ? point[key] : most), null);
  const counts = Object.fromEntries(TIERS.map(({ key }) => [key, sum(key)]));
  return { at, ...counts, p50: max('p50'), p95: max('p95') };
}

function plot(id, series, data, colour, format) {
  const place = byId(id);
  const axis = { stroke: colour('--quiet'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false } };
  const font = '12px system-ui, sans-serif';
  const chart = new uPlot(
    {
      width: place.clientWidth || 300,
      height: HEIGHT,
      padding: [8, 20, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: { y: { range: (_chart, _min, max) => [0, Math.max(1, (max ?? 0) * 1.1)] } },
      axes: [
        {
          ...axis,
          font,
          size: 28,
          grid: { show: false },
          values: [
            [60, '{HH}:{mm}', null, null, null, null, null, null, 0],
            [1, '{HH}:{mm}:{ss}', null, null, null, null, null, null, 0],
          ],
        },
        { ...axis, font, size: 48, values: (_chart, values) => values.map(format) },
      ],
      series: [{}, ...series],
    },
    data(),
    place,
  );
  return { chart, data, place };
}

function legend(id, items) {
  byId(id).replaceChildren(
    ...items.map(({ label, color }) =>
      element('li', {}, element('span', { class: `swatch ${color.slice(2)}` }), document.createTextNode(label)),
    ),
  );
}
