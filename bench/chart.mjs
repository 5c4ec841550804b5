/* The table as a picture: a bar for what a request costs each server, in groups. */
const WIDTH = 860;
const LEFT = 190;
const BAR = 16;
const GAP = 4;
const HEAD = 30;
const COLOURS = { limit: '#8b93a1', larder: '#0f9d6e', 'larder-fleet': '#37b98c' };
const OTHERS = '#c9782b';

/** @param rows {name, server, cpu}[], those of one name together. */
export function chart(rows) {
  const scale = (WIDTH - LEFT - 70) / Math.max(...rows.map(({ cpu }) => cpu));
  let y = 0;
  let last = '';
  const parts = [];
  for (const { name, server, cpu } of rows) {
    if (name !== last) {
      y += HEAD;
      parts.push(`<text x="8" y="${y - 8}" font-weight="600">${escape(name)}</text>`);
      last = name;
    }
    const width = Math.max(1, cpu * scale);
    parts.push(
      `<text x="${LEFT - 8}" y="${y + 12}" text-anchor="end">${escape(server)}</text>`,
      `<rect x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" rx="2" fill="${COLOURS[server] ?? OTHERS}"/>`,
      `<text x="${(LEFT + width + 6).toFixed(1)}" y="${y + 12}">${cpu.toFixed(1)}</text>`,
    );
    y += BAR + GAP;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y + 34}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="CPU per request, in microseconds">`,
    `<rect width="100%" height="100%" fill="#ffffff"/><g fill="#1d232c">`,
    ...parts,
    `<text x="${LEFT}" y="${y + 22}" fill="#5a6472">the server's CPU for one request, in microseconds: shorter is better</text></g></svg>`,
    '',
  ].join('\n');
}

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
