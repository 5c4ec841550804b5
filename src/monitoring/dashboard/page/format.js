/** Numbers as people read them, of steady width. */

const NONE = '–';
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

export const count = (value) => (value < 100_000 ? whole.format(value) : short.format(value));

export const percent = (share) => (share === null ? NONE : `${(share * 100).toFixed(1)} %`);

export function milliseconds(ms) {
  if (ms === null) return NONE;
  if (ms < 1) return `${ms.toFixed(2)} ms`;
  if (ms < 100) return `${ms.toFixed(1)} ms`;
  return ms < 10_000 ? `${whole.format(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

export function bytes(value) {
  const mebibytes = value / 1_048_576;
  return mebibytes < 1 ? `${(value / 1_024).toFixed(0)} KB` : `${mebibytes.toFixed(1)} MB`;
}

export const clock = (at) => new Date(at).toLocaleTimeString('en-GB');

export function duration(seconds) {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800
    ? `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`
    : `${Math.floor(seconds / 86_400)} days`;
}

export const shortId = (id) => id.slice(0, 8);

/** Why a request was no hit, in words. */
const REASONS = {
  absent: 'Nothing was stored yet',
  changed: 'A write had ended it',
  expired: 'It was too old',
  lapsed: 'No lease',
  asked: 'The client wanted it afresh',
  epoch: 'The database was restarted or replaced',
  forgotten: 'Too old to be judged',
  method: 'Mutations',
  policy: 'The schema allows no caching of it',
  variables: 'Its variables were wrong',
  errors: 'The answer had errors',
};

export const reasonWords = (reason) => REASONS[reason] ?? reason;
