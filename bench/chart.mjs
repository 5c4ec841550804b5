/* What was measured as a picture: groups of bars, each group with a scale of its own, and a mark where a goal lies. */
const WIDTH = 860;
const LEFT = 170;
const RIGHT = 205;
const BAR = 15;
const STEP = 20;
const HEAD = 48;
const COLOURS = {
  limit: '#98a0ad',
  ours: '#0f9d6e',
  others: '#c9782b',
  goal: '#1d232c',
  quiet: '#5a6472',
  bad: '#b3261e',
};

/** @param groups `{ title, unit, bars }`; a bar is `{ label, value, note, goal, isMissed }`, the last three where there are any. */
export function chart(groups) {
  let y = 34;
  const parts = [];
  for (const group of groups) {
    parts.push(...drawn(group, y));
    y += HEAD + STEP * group.bars.length;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y + 6}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="What was measured, as a bar for each server">`,
    `<rect width="100%" height="100%" fill="#ffffff"/><g fill="${COLOURS.goal}">`,
    ...legend(),
    ...parts,
    '</g></svg>',
    '',
  ].join('\n');
}

/** The bars of the requests, a group for each case. */
export function groupsOf({ rows = [], goals, bars = [] }) {
  const cases = new Map();
  for (const { name, server, cpu, ofLimit } of rows) {
    const goal = goals.find((one) => one.server === server);
    const note = ofLimit === null || server === 'limit' ? '' : `${ofLimit.toFixed(2)} of the limit`;
    const bar = { label: server, value: cpu, note, goal: goal?.most, isMissed: goal && !goal.isMet };
    cases.set(name, [...(cases.get(name) ?? []), bar]);
  }
  const unit = 'the server’s CPU for one, in µs: shorter is better';
  return [...[...cases].map(([title, bars]) => ({ title, unit, bars })), ...bars];
}

function drawn({ title, unit, bars }, top) {
  const most = Math.max(...bars.map(({ value, goal = 0 }) => Math.max(value, goal)));
  const scale = (WIDTH - LEFT - RIGHT) / most;
  const head = [
    `<text x="8" y="${top + 16}"><tspan font-weight="600" font-size="13">${escape(title)}</tspan>`,
    `<tspan dx="10" fill="${COLOURS.quiet}">${escape(unit)}</tspan></text>`,
  ];
  return [head.join(''), ...bars.flatMap((bar, index) => drawnBar(bar, top + 26 + STEP * index, scale))];
}

function drawnBar({ label, value, note = '', goal, isMissed }, y, scale) {
  const width = Math.max(1, value * scale);
  const end = LEFT + Math.max(width, (goal ?? 0) * scale) + 7;
  const told = [`<tspan font-weight="600">${rounded(value)}</tspan>`];
  if (note) told.push(`<tspan dx="6" fill="${COLOURS.quiet}">${escape(note)}</tspan>`);
  if (isMissed) told.push(`<tspan dx="6" fill="${COLOURS.bad}">missed</tspan>`);
  const parts = [
    `<text x="${LEFT - 8}" y="${y + 12}" text-anchor="end">${escape(label)}</text>`,
    `<rect x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" rx="2" fill="${colourOf(label)}"/>`,
    `<text x="${end.toFixed(1)}" y="${y + 12}">${told.join('')}</text>`,
  ];
  if (goal !== undefined) parts.push(mark(LEFT + goal * scale, y));
  return parts;
}

const mark = (x, y) =>
  `<line x1="${x.toFixed(1)}" x2="${x.toFixed(1)}" y1="${y - 2}" y2="${y + BAR + 2}" stroke="${COLOURS.goal}" stroke-width="2"/>`;

function legend() {
  const parts = [];
  let x = 8;
  for (const [colour, text] of [
    ['limit', 'the limit: the same bytes from node:http'],
    ['ours', 'Larder'],
    ['others', 'peers, and what else is compared'],
  ]) {
    parts.push(`<rect x="${x}" y="12" width="12" height="12" rx="2" fill="${COLOURS[colour]}"/>`);
    parts.push(`<text x="${x + 18}" y="22">${text}</text>`);
    x += 42 + 6.3 * text.length;
  }
  return [...parts, mark(x, 11), `<text x="${x + 8}" y="22">at most this is the goal</text>`];
}

const OURS = /^(larder(?!-untold|-untracked)|at its most)/;
const colourOf = (label) => COLOURS[label === 'limit' ? 'limit' : OURS.test(label) ? 'ours' : 'others'];

const rounded = (value) => (value < 100 ? value.toFixed(1) : String(Math.round(value)));
const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
